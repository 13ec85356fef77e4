/** What the interface at the other end saw of connections that ours leave open: the flags of their openings. */
import { SYN } from '@flowfit/core/conversation/initiator';
import { TCP } from '@flowfit/core/net/protocol';
import type { Database } from '../database.ts';
import type { CodedRecords } from '../tables/coded.ts';
import { type Rows, type Shape, streamRows } from '../tables/typed.ts';
import { NONE } from '../tables/words.ts';
import { orFlags } from './clues.ts';
import { KeyIndex } from './key-index.ts';
import type { Segments } from './segments.ts';
import type { Surroundings } from './surroundings.ts';

const OPENING = {
  interface: 'int',
  source: 'int',
  destination: 'int',
  srcport: 'int',
  dstport: 'int',
  tcp_flags: 'int',
} as const satisfies Shape;

/** Condition for a record to show how its connection was opened. */
export const IS_OPENING = `protocol = ${TCP} AND (tcp_flags & ${SYN}) <> 0`;

/** Lists of numbers by key, as chains. */
class Chains {
  readonly #last: number[] = [];
  readonly #values: number[] = [];
  readonly #before: number[] = [];

  add(key: number, value: number): void {
    this.#before.push(this.#last[key] ?? -1);
    this.#last[key] = this.#values.push(value) - 1;
  }

  *of(key: number): Generator<number> {
    for (let at = this.#last[key] ?? -1; at >= 0; at = this.#before[at] as number) yield this.#values[at] as number;
  }
}

/** Flags of both directions as ours, or-ed; `NONE` = no record of it. */
export interface SeenFlags {
  readonly inbound: number;
  readonly outbound: number;
}

/** Connections of TCP that are open, by their ends; with what other interfaces saw of them. */
export class OtherInterfaces {
  readonly #segments: Segments;
  readonly #surroundings: Surroundings;
  /** Interface, then the ends. */
  readonly #connections = new KeyIndex(5);
  readonly #ends = new KeyIndex(4);
  /** Connections by ends. */
  readonly #of = new Chains();
  readonly #inbound: number[] = [];
  readonly #outbound: number[] = [];
  /** Interface of each connection. */
  readonly #interfaces: number[] = [];

  constructor(segments: Segments, surroundings: Surroundings) {
    this.#segments = segments;
    this.#surroundings = surroundings;
  }

  /** Looks at the day's records for those of the connections of open segments. */
  async look(
    db: Database,
    { relation }: Pick<CodedRecords, 'relation'>,
    isOpen: (segment: number) => boolean,
  ): Promise<void> {
    for (let segment = 0; segment < this.#segments.count; segment++) if (isOpen(segment)) this.#want(segment);
    if (this.#connections.size === 0) return;
    const end = (side: 'src' | 'dst') => `CASE WHEN pkt_${side}addr <> 0 THEN pkt_${side}addr ELSE ${side}addr END`;
    const openings = `
      SELECT interface, ${end('src')} AS source, ${end('dst')} AS destination, coalesce(srcport, ${NONE}) AS srcport, coalesce(dstport, ${NONE}) AS dstport, tcp_flags
      FROM ${relation} WHERE ${IS_OPENING} AND interface <> 0`;
    for await (const rows of streamRows(db, OPENING, openings)) this.#see(rows);
  }

  /** What was seen of the connection of a segment. */
  of(segment: number): SeenFlags | undefined {
    const connection = this.#connections.size > 0 && this.#isAsked(segment) ? this.#keyOf(segment).find() : -1;
    if (connection < 0) return undefined;
    return { inbound: this.#inbound[connection] as number, outbound: this.#outbound[connection] as number };
  }

  #isAsked(segment: number): boolean {
    const { columns } = this.#segments;
    return (
      columns.protocol[segment] === TCP &&
      columns.local_port[segment] !== NONE &&
      columns.peer_port[segment] !== NONE &&
      columns.local_address[segment] !== 0 &&
      columns.peer_address[segment] !== 0
    );
  }

  #want(segment: number): void {
    if (!this.#isAsked(segment)) return;
    const size = this.#connections.size;
    const connection = this.#keyOf(segment).add();
    if (connection < size) return;
    this.#inbound.push(NONE);
    this.#outbound.push(NONE);
    const { key } = this.#connections;
    this.#interfaces.push(key[0]!);
    this.#of.add(this.#endsOf(key[1]!, key[2]!, key[3]!, key[4]!).add(), connection);
  }

  #keyOf(segment: number): KeyIndex {
    const { columns } = this.#segments;
    const { key } = this.#connections;
    key[0] = columns.interface[segment] as number;
    key[1] = columns.local_address[segment] as number;
    key[2] = columns.local_port[segment] as number;
    key[3] = columns.peer_address[segment] as number;
    key[4] = columns.peer_port[segment] as number;
    return this.#connections;
  }

  #endsOf(localAddress: number, localPort: number, peerAddress: number, peerPort: number): KeyIndex {
    const { key } = this.#ends;
    key[0] = localAddress;
    key[1] = localPort;
    key[2] = peerAddress;
    key[3] = peerPort;
    return this.#ends;
  }

  #see({ count, columns }: Rows<typeof OPENING>): void {
    for (let row = 0; row < count; row++) {
      const [from, fromPort] = [columns.source[row]!, columns.srcport[row]!];
      const [to, toPort] = [columns.destination[row]!, columns.dstport[row]!];
      const [eni, flags] = [columns.interface[row]!, columns.tcp_flags[row]!];
      this.#note(this.#inbound, this.#endsOf(to, toPort, from, fromPort).find(), eni, flags);
      this.#note(this.#outbound, this.#endsOf(from, fromPort, to, toPort).find(), eni, flags);
    }
  }

  #note(flagsOf: number[], ends: number, seenBy: number, flags: number): void {
    if (ends < 0) return;
    for (const connection of this.#of.of(ends)) {
      const own = this.#interfaces[connection]!;
      if (own === seenBy || !this.#surroundings.canReach(own, seenBy)) continue;
      flagsOf[connection] = orFlags(flagsOf[connection] as number, flags);
    }
  }
}
