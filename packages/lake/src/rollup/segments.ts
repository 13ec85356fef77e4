/**
 * Segments: what one connection did in one hour, with one outcome. The first reduction of the records of a day.
 *
 * A connection is known by its key (interface, protocol, both addresses, both ports), of which `connection` is the
 * hash, and by its session: idle time-outs of less than a day set apart the connections of one key. TCP has a longer
 * time-out, so all its records of a day with one key are of one connection; unless the interface has set a shorter one.
 */
import { TIME_TOLERANCE } from '@flowfit/core/conversation/timeouts';
import { TCP } from '@flowfit/core/net/protocol';
import type { Database } from '../database.ts';
import { RECORD_HASH } from '../sql/columns.ts';
import type { CodedRecords } from '../tables/coded.ts';
import { type Rows, readRows, reorder, type Shape } from '../tables/typed.ts';
import { NONE } from '../tables/words.ts';
import type { IdleTimeouts } from './idle-timeouts.ts';
import { connectionHash } from './records-sql.ts';

export const SECONDS_PER_HOUR = 3600;

/** The ends of records, and what was done with the packets. */
export const END = {
  interface: 'int',
  protocol: 'int',
  action: 'tiny',
  local_address: 'int',
  peer_address: 'int',
  local_port: 'int',
  peer_port: 'int',
} as const satisfies Shape;

/** Codes, numbers and sums of a segment; `NONE` stands for ports, flags and sums that are missing. */
export const SEGMENT = {
  connection: 'hash',
  session: 'int',
  ...END,
  /** Addresses of the record, where these may differ from those of the packets; of several the first by text. */
  local_record_address: 'int',
  peer_record_address: 'int',
  /** Records, by direction. */
  flows_in: 'int',
  flows_out: 'int',
  packets_in: 'long',
  packets_out: 'long',
  bytes_in: 'long',
  bytes_out: 'long',
  flags_in: 'int',
  flags_out: 'int',
  /** Unix seconds; of one hour. */
  first_seen: 'whole',
  last_seen: 'whole',
} as const satisfies Shape;

/** Those of an interface lie together, interfaces in the order of their ids. */
export type Segments = Rows<typeof SEGMENT>;

/** Where the segments of one interface lie, `to` exclusive. */
export interface Run {
  readonly from: number;
  readonly to: number;
}

/** One after the other: what interfaces have not in common is looked for among the few segments of each. */
export const runsOf = ({ count, columns }: Segments): Run[] => {
  const runs: Run[] = [];
  for (let from = 0; from < count; ) {
    let to = from + 1;
    while (to < count && columns.interface[to] === columns.interface[from]) to++;
    runs.push({ from, to });
    from = to;
  }
  return runs;
};

/** The order of rows by interface. @param ranks place of each interface, by code */
const orderBy = (interfaces: Int32Array, count: number, ranks: Int32Array): Int32Array => {
  const next = new Int32Array(ranks.length + 1);
  for (let row = 0; row < count; row++) next[ranks[interfaces[row]!]! + 1]!++;
  for (let rank = 1; rank < next.length; rank++) next[rank]! += next[rank - 1]!;
  const order = new Int32Array(count);
  for (let row = 0; row < count; row++) order[next[ranks[interfaces[row]!]!]!++] = row;
  return order;
};

/** The place of each text among all, sorted. */
const ranksOf = (texts: readonly string[]): Int32Array => {
  const order = texts.map((_, code) => code).sort((a, b) => (texts[a]! < texts[b]! ? -1 : 1));
  const ranks = new Int32Array(texts.length);
  for (const [rank, code] of order.entries()) ranks[code] = rank;
  return ranks;
};

export interface SegmentOptions {
  /** Seconds that one record may stand for. */
  readonly aggregationInterval: number;
  readonly timeouts: IdleTimeouts;
  /** By code. */
  readonly interfaceIds: readonly string[];
}

type Described = Pick<CodedRecords, 'interfaces' | 'addresses' | 'hasPacketAddresses'>;

/** Condition for a record to be of a connection at all: it is known whose end is whose. */
export const IS_CONNECTED = 'incoming IS NOT NULL AND protocol IS NOT NULL AND interface <> 0 AND start IS NOT NULL';

const KEY = ['interface', 'protocol', 'local_address', 'peer_address', 'local_port', 'peer_port'].join(', ');

const HASHED = {
  interface: 'interface.text',
  protocol: 'segment.protocol',
  ...{ local: 'local.text', peer: 'peer.text', localPort: 'segment.local_port', peerPort: 'segment.peer_port' },
};

const packetEnd = (side: 'src' | 'dst'): string =>
  `CASE WHEN pkt_${side}addr <> 0 THEN pkt_${side}addr ELSE ${side}addr END`;

/** Connected records with their ends, as core/enrich/ends.ts says it, and other columns. */
export const endsSql = (records: string, hasPacketAddresses: boolean, columns: string): string => {
  const [source, destination] = hasPacketAddresses ? [packetEnd('src'), packetEnd('dst')] : ['srcaddr', 'dstaddr'];
  const byDirection = (incoming: string, outgoing: string) =>
    `CASE WHEN incoming THEN ${incoming} ELSE ${outgoing} END`;
  return `
    SELECT ${columns}, interface, protocol, incoming, ${byDirection(destination, source)} AS local_address,
      ${byDirection(source, destination)} AS peer_address, ${byDirection('dstport', 'srcport')} AS local_port, ${byDirection('srcport', 'dstport')} AS peer_port
    FROM ${records} WHERE ${IS_CONNECTED}`;
};

/** The segments of records. @param records relation, all or some of the coded ones */
export const readSegments = async (
  db: Database,
  records: string,
  coded: Described,
  options: SegmentOptions,
): Promise<Segments> => {
  const recordAddress = (incoming: string, outgoing: string) =>
    coded.hasPacketAddresses
      ? `coalesce(min(nullif(CASE WHEN incoming THEN ${incoming} ELSE ${outgoing} END, 0)), 0)`
      : '0';
  const both = (aggregate: (filter: string) => string, name: string) =>
    `${aggregate('FILTER (incoming)')} AS ${name}_in, ${aggregate('FILTER (NOT incoming)')} AS ${name}_out`;
  const orNone = (aggregate: string) => (filter: string) => `coalesce(${aggregate} ${filter}, ${NONE})`;
  const grouped = `
    SELECT ${KEY}, session, action, min(start) AS first_seen, max(coalesce("end", start)) AS last_seen,
      ${both((filter) => `count(*) ${filter}`, 'flows')}, ${both(orNone('sum(packets)'), 'packets')},
      ${both(orNone('sum(bytes)'), 'bytes')}, ${both(orNone('bit_or(tcp_flags)'), 'flags')},
      ${recordAddress('dstaddr', 'srcaddr')} AS local_record_address, ${recordAddress('srcaddr', 'dstaddr')} AS peer_record_address
    FROM (${withSession(records, coded, options)})
    GROUP BY ${KEY}, session, action, start // ${SECONDS_PER_HOUR}`;
  const rows = await readRows(
    db,
    SEGMENT,
    `SELECT segment.* REPLACE (coalesce(local_port, ${NONE}) AS local_port, coalesce(peer_port, ${NONE}) AS peer_port),
       ${connectionHash(HASHED)} AS connection
     FROM (${grouped}) AS segment JOIN ${coded.interfaces} AS interface ON interface.code = segment.interface
     JOIN ${coded.addresses} AS local ON local.code = segment.local_address JOIN ${coded.addresses} AS peer ON peer.code = segment.peer_address`,
  );
  return reorder(SEGMENT, rows, orderBy(rows.columns.interface, rows.count, ranksOf(options.interfaceIds)));
};

const withSession = (
  records: string,
  { hasPacketAddresses }: Described,
  { aggregationInterval, timeouts }: SegmentOptions,
): string => {
  const recordAddresses = hasPacketAddresses ? ', srcaddr, dstaddr' : '';
  const columns = `action, start, "end", packets, bytes, tcp_flags${recordAddresses}`;
  const isWhole =
    timeouts.shortTcp.length === 0
      ? `protocol = ${TCP}`
      : `(protocol = ${TCP} AND interface NOT IN (${timeouts.shortTcp.join(', ')}))`;
  const ends = endsSql(records, hasPacketAddresses, `${columns}, ${RECORD_HASH}`);
  // Both directions often have equal times: only a total order makes the two windows see the records in the same one.
  const order = `PARTITION BY ${KEY} ORDER BY start, "end", ${RECORD_HASH}`;
  const grace = aggregationInterval + TIME_TOLERANCE;
  return `
    SELECT ${columns}, ${KEY}, incoming, 0 AS session FROM (${ends}) WHERE ${isWhole}
    UNION ALL
    SELECT ${columns}, ${KEY}, incoming, CAST(sum(CASE WHEN parted THEN 1 ELSE 0 END) OVER (${order} ROWS UNBOUNDED PRECEDING) AS INTEGER) AS session
    FROM (
      SELECT row.*, start - silent_since > ${timeouts.seconds} + ${grace} AS parted
      FROM (
        SELECT *, (bool_or(incoming) OVER key AND bool_or(NOT incoming) OVER key)::INTEGER AS both_ways,
          max(coalesce("end", start)) OVER (${order} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS silent_since
        FROM (${ends}) WHERE NOT ${isWhole} WINDOW key AS (PARTITION BY ${KEY})
      ) AS row ${timeouts.joins}
    )`;
};
