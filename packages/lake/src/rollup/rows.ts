/**
 * The hourly roll-up of decided segments: one row for each conversation, hour and direction. Both directions are added
 * up together, and told apart only in what is left.
 */
import { makeColumns, type Rows, type Shape } from '../tables/typed.ts';
import { NONE } from '../tables/words.ts';
import type { Decisions } from './decisions.ts';
import { KeyIndex } from './key-index.ts';
import { runsOf, SECONDS_PER_HOUR, type Segments } from './segments.ts';

/** Codes and numbers; `NONE` stands for captures, ports and sums that are missing. */
export const ROW = {
  hour: 'whole',
  inventory_at: 'whole',
  interface: 'int',
  incoming: 'tiny',
  /** Addresses of the record. */
  srcaddr: 'int',
  dstaddr: 'int',
  /** Addresses of the packets. */
  source_end: 'int',
  destination_end: 'int',
  initiator: 'tiny',
  method: 'tiny',
  protocol: 'int',
  service_port: 'int',
  open_local_port: 'int',
  open_peer_port: 'int',
  action: 'tiny',
  flows: 'int',
  packets: 'long',
  bytes: 'long',
  connections: 'int',
  first_seen: 'whole',
  last_seen: 'whole',
} as const satisfies Shape;

/** Sums of numbers of 64 bits, exact: DuckDB's, taken as halves. */
class LongSums {
  readonly #low: Float64Array;
  readonly #high: Float64Array;
  readonly #isKnown: Uint8Array;

  constructor(count: number) {
    this.#low = new Float64Array(count);
    this.#high = new Float64Array(count);
    this.#isKnown = new Uint8Array(count);
  }

  add(row: number, low: number, high: number): void {
    if (high < 0) return;
    this.#isKnown[row] = 1;
    const sum = this.#low[row]! + (low >>> 0);
    const isOver = sum >= HALF;
    this.#low[row] = isOver ? sum - HALF : sum;
    this.#high[row]! += high + (isOver ? 1 : 0);
  }

  /** Writes the sum as halves, `NONE` where nothing was added. */
  write(row: number, halves: Int32Array, at: number): void {
    const isKnown = this.#isKnown[row] === 1;
    halves[2 * at] = isKnown ? this.#low[row]! | 0 : NONE;
    halves[2 * at + 1] = isKnown ? this.#high[row]! : NONE;
  }
}

const HALF = 2 ** 32;

const halvesOf = (values: BigInt64Array): Int32Array =>
  new Int32Array(values.buffer, values.byteOffset, 2 * values.length);

/** Sums over groups of segments. */
class Sums {
  readonly flows: Int32Array;
  readonly opened: Int32Array;
  readonly packets: LongSums;
  readonly bytes: LongSums;

  constructor(count: number) {
    this.flows = new Int32Array(count);
    this.opened = new Int32Array(count);
    this.packets = new LongSums(count);
    this.bytes = new LongSums(count);
  }
}

export interface RowOptions {
  /** Of captures, Unix seconds, ascending. */
  readonly epochs: readonly number[];
  readonly hasPacketAddresses: boolean;
}

/** Rows that no rule can tell apart are one. */
export const rowsOf = (segments: Segments, decisions: Decisions, options: RowOptions): Rows<typeof ROW> => {
  const groups = groupsOf(segments, decisions);
  return writeRows(groups, segments, decisions, options);
};

interface Groups {
  /** Group of each segment. */
  readonly of: Int32Array;
  /** Its first segment: all of it have the same key. */
  readonly first: Int32Array;
  readonly count: number;
}

const groupsOf = (segments: Segments, { columns: decided }: Decisions): Groups => {
  const { count, columns } = segments;
  const index = new KeyIndex(12);
  const of = new Int32Array(count);
  const first = new Int32Array(count);
  const { key } = index;
  for (const { from, to } of runsOf(segments)) {
    index.restart(to - from);
    for (let segment = from; segment < to; segment++) {
      const hour = Math.floor(columns.first_seen[segment]! / SECONDS_PER_HOUR);
      key[0] = hour;
      key[1] = hour / HALF;
      key[2] = decided.gap[segment]!;
      key[3] = columns.local_address[segment]!;
      key[4] = columns.peer_address[segment]!;
      key[5] = columns.local_record_address[segment]!;
      key[6] = columns.peer_record_address[segment]!;
      key[7] = (decided.initiator[segment]! << 16) | (decided.method[segment]! << 8) | columns.action[segment]!;
      key[8] = columns.protocol[segment]!;
      key[9] = decided.service_port[segment]!;
      key[10] = decided.open_local_port[segment]!;
      key[11] = decided.open_peer_port[segment]!;
      const { size } = index;
      const group = index.add();
      if (group === size) first[group] = segment;
      of[segment] = group;
    }
  }
  return { of, first, count: index.size };
};

const writeRows = (groups: Groups, segments: Segments, decisions: Decisions, options: RowOptions): Rows<typeof ROW> => {
  const { columns } = segments;
  const sums = { in: new Sums(groups.count), out: new Sums(groups.count) };
  const firstSeen = new Float64Array(groups.count).fill(Number.POSITIVE_INFINITY);
  const lastSeen = new Float64Array(groups.count).fill(Number.NEGATIVE_INFINITY);
  const halves = {
    in: { packets: halvesOf(columns.packets_in), bytes: halvesOf(columns.bytes_in) },
    out: { packets: halvesOf(columns.packets_out), bytes: halvesOf(columns.bytes_out) },
  };
  for (const side of SIDES) {
    const { flows, opened, packets, bytes } = sums[side];
    const [ofFlows, ofOpened] = [columns[`flows_${side}`], decisions.columns[`opened_${side}`]];
    for (let segment = 0; segment < segments.count; segment++) {
      const group = groups.of[segment]!;
      flows[group]! += ofFlows[segment]!;
      opened[group]! += ofOpened[segment]!;
      packets.add(group, halves[side].packets[2 * segment]!, halves[side].packets[2 * segment + 1]!);
      bytes.add(group, halves[side].bytes[2 * segment]!, halves[side].bytes[2 * segment + 1]!);
    }
  }
  for (let segment = 0; segment < segments.count; segment++) {
    const group = groups.of[segment]!;
    firstSeen[group] = Math.min(firstSeen[group]!, columns.first_seen[segment]!);
    lastSeen[group] = Math.max(lastSeen[group]!, columns.last_seen[segment]!);
  }
  return new RowWriter(segments, decisions, options).write(groups, sums, { firstSeen, lastSeen });
};

const SIDES = ['in', 'out'] as const;

type Side = (typeof SIDES)[number];

class RowWriter {
  readonly #segments: Segments;
  readonly #decisions: Decisions;
  readonly #options: RowOptions;

  constructor(segments: Segments, decisions: Decisions, options: RowOptions) {
    this.#segments = segments;
    this.#decisions = decisions;
    this.#options = options;
  }

  write(
    groups: Groups,
    sums: Readonly<Record<Side, Sums>>,
    { firstSeen, lastSeen }: { readonly firstSeen: Float64Array; readonly lastSeen: Float64Array },
  ): Rows<typeof ROW> {
    const rows = makeColumns(ROW, 2 * groups.count);
    const [packets, bytes] = [halvesOf(rows.packets), halvesOf(rows.bytes)];
    let count = 0;
    for (const group of order(groups, this.#segments)) {
      for (const side of SIDES) {
        const of = sums[side];
        if (of.flows[group] === 0) continue;
        this.#writeKey(rows, count, groups.first[group]!, side);
        rows.flows[count] = of.flows[group]!;
        rows.connections[count] = of.opened[group]!;
        of.packets.write(group, packets, count);
        of.bytes.write(group, bytes, count);
        rows.first_seen[count] = firstSeen[group]!;
        rows.last_seen[count] = lastSeen[group]!;
        count++;
      }
    }
    return { count, columns: rows };
  }

  #writeKey(rows: Rows<typeof ROW>['columns'], row: number, segment: number, side: Side): void {
    const { columns } = this.#segments;
    const decided = this.#decisions.columns;
    const record = this.#options.hasPacketAddresses
      ? { local: columns.local_record_address, peer: columns.peer_record_address }
      : { local: columns.local_address, peer: columns.peer_address };
    const [local, peer] = [columns.local_address[segment]!, columns.peer_address[segment]!];
    rows.hour[row] = Math.floor(columns.first_seen[segment]! / SECONDS_PER_HOUR) * SECONDS_PER_HOUR;
    rows.inventory_at[row] = this.#options.epochs[decided.gap[segment]!] ?? NONE;
    rows.interface[row] = columns.interface[segment]!;
    rows.incoming[row] = side === 'in' ? 1 : 0;
    rows.srcaddr[row] = (side === 'in' ? record.peer : record.local)[segment]!;
    rows.dstaddr[row] = (side === 'in' ? record.local : record.peer)[segment]!;
    rows.source_end[row] = side === 'in' ? peer : local;
    rows.destination_end[row] = side === 'in' ? local : peer;
    rows.initiator[row] = decided.initiator[segment]!;
    rows.method[row] = decided.method[segment]!;
    rows.protocol[row] = columns.protocol[segment]!;
    rows.service_port[row] = decided.service_port[segment]!;
    rows.open_local_port[row] = decided.open_local_port[segment]!;
    rows.open_peer_port[row] = decided.open_peer_port[segment]!;
    rows.action[row] = columns.action[segment]!;
  }
}

/** Groups of an interface by hour, so that what is asked for lies together: hours of groups are sorted with their numbers. */
const order = ({ first, count }: Groups, { columns }: Segments): Int32Array => {
  const sorted = new Int32Array(count);
  let from = 0;
  while (from < count) {
    const owner = columns.interface[first[from]!];
    let to = from;
    while (to < count && columns.interface[first[to]!] === owner) to++;
    const keys = new Float64Array(to - from);
    for (let group = from; group < to; group++) {
      const hour = Math.floor(columns.first_seen[first[group]!]! / SECONDS_PER_HOUR);
      keys[group - from] = (hour % HOURS) * GROUPS + group;
    }
    for (const [nth, key] of keys.sort().entries()) sorted[from + nth] = key % GROUPS;
    from = to;
  }
  return sorted;
};

const HOURS = 24;

/** More than are worked on at a time. */
const GROUPS = 2 ** 32;
