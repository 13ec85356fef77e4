/**
 * What is known of each segment's connection beyond the segment: its beginning, its packets and flags in other hours and
 * days. One number or two for each segment, by its place.
 */
import { SYN } from '@flowfit/core/conversation/initiator';
import { idleTimeout, isSameConnection } from '@flowfit/core/conversation/timeouts';
import { hasPorts, TCP } from '@flowfit/core/net/protocol';
import type { Database } from '../database.ts';
import { loadRows, type Rows, readRows, type Shape } from '../tables/typed.ts';
import { ACTIONS, codeSql, NONE } from '../tables/words.ts';
import { KeyIndex } from './key-index.ts';
import { runsOf, type Segments } from './segments.ts';
import type { Surroundings } from './surroundings.ts';

export interface Clues {
  /** When the connection began, Unix seconds. */
  readonly began: Float64Array;
  /** The gap between captures in which it began (`Timeline.gapAt`). */
  readonly gap: Int32Array;
  /** Whether it was not seen before with that action. */
  readonly isFirst: Uint8Array;
  /** Which directions have packets of that action. */
  readonly hasIn: Uint8Array;
  readonly hasOut: Uint8Array;
  /** Flags of all of the connection, or-ed. */
  readonly allIn: Int32Array;
  readonly allOut: Int32Array;
  /** Whether it may have begun before its first record. */
  readonly mayBeOlder: Uint8Array;
}

export interface ClueOptions {
  readonly earlier: Earlier;
  readonly surroundings: Surroundings;
  /** Seconds. */
  readonly aggregationInterval: number;
  /** When the first record of the lake begins, Unix seconds; null where it is not of this day. */
  readonly logsBegan: number | null;
  readonly gapAt: (seconds: number) => number;
}

const KEY = { connection: 'hash' } as const satisfies Shape;

/** What days before say of a connection: of its last session alone. `actions` are sets of codes, as bits. */
const EARLIER = {
  ...KEY,
  began: 'whole',
  last_seen: 'whole',
  flags_in: 'int',
  flags_out: 'int',
  actions: 'int',
  actions_in: 'int',
  actions_out: 'int',
} as const satisfies Shape;

export type Earlier = Rows<typeof EARLIER>;

/** @param connections relation of `connections/` of the days before, as far as idle time-outs reach; null = none */
export const readEarlier = async (db: Database, segments: Segments, connections: string | null): Promise<Earlier> => {
  if (connections === null) return { count: 0, columns: NO_EARLIER };
  const wanted = await loadRows(db, 'wanted_connections', KEY, segments);
  const bits = (filter: string) => `coalesce(bit_or(1 << ${codeSql(ACTIONS, 'action')}) ${filter}, 0)`;
  const earlier = await readRows(
    db,
    EARLIER,
    `SELECT connection, began, max(last_seen) AS last_seen, coalesce(bit_or(flags_in), ${NONE}) AS flags_in, coalesce(bit_or(flags_out), ${NONE}) AS flags_out,
       ${bits('')} AS actions, ${bits('FILTER (has_in)')} AS actions_in, ${bits('FILTER (has_out)')} AS actions_out
     FROM ${connections} SEMI JOIN ${wanted.name} USING (connection) GROUP BY connection, began
     QUALIFY row_number() OVER (PARTITION BY connection ORDER BY max(last_seen) DESC, began DESC) = 1`,
  );
  await db.run(`DROP TABLE ${wanted.name}`);
  return earlier;
};

const NO_EARLIER: Earlier['columns'] = {
  connection: new BigUint64Array(0),
  ...{ began: new Float64Array(0), last_seen: new Float64Array(0) },
  ...{ flags_in: new Int32Array(0), flags_out: new Int32Array(0) },
  ...{ actions: new Int32Array(0), actions_in: new Int32Array(0), actions_out: new Int32Array(0) },
};

/** Without both ports, the records of many connections look like those of one: their flags prove nothing together. */
export const hasFlags = (protocol: number, localPort: number, peerPort: number): boolean =>
  !hasPorts(protocol) || (localPort !== NONE && peerPort !== NONE);

export const findClues = (segments: Segments, options: ClueOptions): Clues => {
  const { count } = segments;
  const connections = new Connections(segments, options);
  const clues: Clues = {
    began: new Float64Array(count),
    gap: new Int32Array(count),
    isFirst: new Uint8Array(count),
    hasIn: new Uint8Array(count),
    hasOut: new Uint8Array(count),
    allIn: new Int32Array(count),
    allOut: new Int32Array(count),
    mayBeOlder: new Uint8Array(count),
  };
  for (let segment = 0; segment < count; segment++) connections.fill(clues, segment);
  return clues;
};

/** Numbers connections as the rows of `earlier`. */
const earlierIndex = ({ count, columns }: Earlier): KeyIndex => {
  const index = new KeyIndex(3, count);
  const halves = halvesOf(columns.connection);
  for (let row = 0; row < count; row++) {
    setKey(index, halves, row, 0);
    index.add();
  }
  return index;
};

/** The segments of a day by connection, and by connection and action. */
class Connections {
  readonly #segments: Segments;
  readonly #options: ClueOptions;
  /** Connection of each segment, numbered. */
  readonly #of: Int32Array;
  /** By connection: there are not more of them than segments. */
  readonly #began: Float64Array;
  readonly #flagsIn: Int32Array;
  readonly #flagsOut: Int32Array;
  /** Row of `earlier`; -1 = none. */
  readonly #earlier: Int32Array;
  /** By connection and action. */
  readonly #firstWith: Float64Array;
  /** Bits: 1 = inbound packets, 2 = outbound ones. */
  readonly #ways: Uint8Array;

  constructor(segments: Segments, options: ClueOptions) {
    this.#segments = segments;
    this.#options = options;
    const { count, columns } = segments;
    this.#of = new Int32Array(count);
    this.#began = new Float64Array(count).fill(Number.POSITIVE_INFINITY);
    this.#flagsIn = new Int32Array(count).fill(NONE);
    this.#flagsOut = new Int32Array(count).fill(NONE);
    this.#firstWith = new Float64Array(count * ACTIONS.length).fill(Number.POSITIVE_INFINITY);
    this.#ways = new Uint8Array(count * ACTIONS.length);
    this.#earlier = new Int32Array(count).fill(-1);
    const earlier = earlierIndex(options.earlier);
    const index = new KeyIndex(3);
    const halves = halvesOf(columns.connection);
    for (const { from, to } of runsOf(segments)) {
      index.restart(to - from);
      for (let segment = from; segment < to; segment++) {
        setKey(index, halves, segment, columns.session[segment]!);
        const { size } = index;
        const connection = index.add();
        this.#of[segment] = connection;
        // Only the first session of a day goes on from one before.
        if (connection === size && earlier.size > 0 && columns.session[segment] === 0) {
          setKey(earlier, halves, segment, 0);
          this.#earlier[connection] = earlier.find();
        }
        this.#add(segment);
      }
    }
  }

  #add(segment: number): void {
    const { columns } = this.#segments;
    const connection = this.#of[segment] as number;
    const withAction = connection * ACTIONS.length + (columns.action[segment] as number);
    const firstSeen = columns.first_seen[segment] as number;
    this.#began[connection] = Math.min(this.#began[connection] as number, firstSeen);
    this.#flagsIn[connection] = orFlags(this.#flagsIn[connection] as number, columns.flags_in[segment] as number);
    this.#flagsOut[connection] = orFlags(this.#flagsOut[connection] as number, columns.flags_out[segment] as number);
    this.#firstWith[withAction] = Math.min(this.#firstWith[withAction] as number, firstSeen);
    if ((columns.flows_in[segment] as number) > 0) this.#ways[withAction]! |= 1;
    if ((columns.flows_out[segment] as number) > 0) this.#ways[withAction]! |= 2;
  }

  fill(clues: Clues, segment: number): void {
    const { columns } = this.#segments;
    const { earlier, gapAt } = this.#options;
    const connection = this.#of[segment] as number;
    const action = columns.action[segment] as number;
    const withAction = connection * ACTIONS.length + action;
    let began = this.#began[connection] as number;
    let allIn = this.#flagsIn[connection] as number;
    let allOut = this.#flagsOut[connection] as number;
    let ways = this.#ways[withAction] as number;
    let isFirst = this.#firstWith[withAction] === columns.first_seen[segment];
    const row = this.#earlierOf(segment, connection);
    if (row >= 0) {
      const { columns: before } = earlier;
      const bit = 1 << action;
      began = Math.min(began, before.began[row] as number);
      allIn = orFlags(allIn, before.flags_in[row] as number);
      allOut = orFlags(allOut, before.flags_out[row] as number);
      isFirst &&= (before.actions[row]! & bit) === 0;
      if ((before.actions_in[row]! & bit) !== 0) ways |= 1;
      if ((before.actions_out[row]! & bit) !== 0) ways |= 2;
    }
    clues.began[segment] = began;
    clues.gap[segment] = gapAt(began);
    clues.isFirst[segment] = isFirst ? 1 : 0;
    clues.hasIn[segment] = ways & 1;
    clues.hasOut[segment] = ways >> 1;
    clues.allIn[segment] = allIn;
    clues.allOut[segment] = allOut;
    clues.mayBeOlder[segment] = this.#mayBeOlder(segment, began, orFlags(allIn, allOut)) ? 1 : 0;
  }

  /** What days before say of the connection, if the segment may go on from there. */
  #earlierOf(segment: number, connection: number): number {
    const row = this.#earlier[connection] as number;
    if (row < 0) return row;
    const { columns } = this.#segments;
    const { earlier, surroundings, aggregationInterval } = this.#options;
    const start = columns.first_seen[segment] as number;
    const bothWays = (columns.flows_in[segment] as number) > 0 && (columns.flows_out[segment] as number) > 0;
    const settings = surroundings.settingsAt(columns.interface[segment] as number, start);
    const timeout = idleTimeout(columns.protocol[segment] as number, bothWays, settings);
    const lastSeen = earlier.columns.last_seen[row] as number;
    return isSameConnection({ lastSeen, start, timeout, aggregationInterval }) ? row : -1;
  }

  /**
   * A connection begins where its first record is. But one that was going on when the logs began may be older, and so
   * is one of TCP whose handshake is in none of its records although they have flags.
   */
  #mayBeOlder(segment: number, began: number, flags: number): boolean {
    const { logsBegan, aggregationInterval } = this.#options;
    if (logsBegan !== null && began <= logsBegan + aggregationInterval) return true;
    return this.#segments.columns.protocol[segment] === TCP && flags !== NONE && (flags & SYN) === 0;
  }
}

/** The flags of both, of which either may be missing. */
export const orFlags = (one: number, other: number): number =>
  one === NONE ? other : other === NONE ? one : one | other;

/** Numbers of 64 bits as pairs of 32. */
const halvesOf = (hashes: BigUint64Array): Int32Array =>
  new Int32Array(hashes.buffer, hashes.byteOffset, 2 * hashes.length);

const setKey = ({ key }: KeyIndex, halves: Int32Array, row: number, session: number): void => {
  key[0] = halves[2 * row] as number;
  key[1] = halves[2 * row + 1] as number;
  key[2] = session;
};
