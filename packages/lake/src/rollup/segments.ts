/**
 * Segments: what one connection did in one hour, with one outcome. The first reduction of the records of a day.
 *
 * A connection is known by its key (interface, protocol, both addresses, both ports), of which `connection` is the
 * hash, and by its session: idle time-outs of less than a day set apart the connections of one key. TCP has a longer
 * time-out, so all its records of a day with one key are of one connection; unless the interface has set a shorter one.
 */
import { idleTimeout } from '@flowfit/core/conversation/timeouts';
import { TCP, UDP } from '@flowfit/core/net/protocol';
import type { Database } from '../database.ts';
import { RECORD_HASH } from '../sql/columns.ts';
import { identifier } from '../sql/text.ts';
import { joinTracking, SHORT_TCP_INTERFACES, type TrackingColumns, trackingColumns } from './tracking.ts';

const SECONDS_PER_HOUR = 3600;

/** Reported times are up to a minute off. */
const TIME_TOLERANCE = 60;

export interface SegmentOptions {
  /** Relation of the day's records, with all columns of `flows/`. */
  readonly records: string;
  /** Whether the layouts had packet addresses: then record and packet addresses differ. */
  readonly hasPacketAddresses: boolean;
  /** Seconds that one record may stand for. */
  readonly aggregationInterval: number;
  /** Whether interfaces have idle time-outs of their own, see `./tracking.ts`. */
  readonly hasTracking: boolean;
}

const KEY = ['interface_id', 'protocol', 'local_address', 'peer_address', 'local_port', 'peer_port'] as const;

/** DuckDB's hash of a connection's key. */
export const connectionHash = (alias = ''): string => `hash(${KEY.map((column) => `${alias}${column}`).join(', ')})`;

/** Condition for a record to be of a connection at all: it is known whose end is whose. */
export const IS_CONNECTED =
  'direction IS NOT NULL AND protocol IS NOT NULL AND interface_id IS NOT NULL AND start IS NOT NULL';

/** The ends of a record as columns, as core/enrich/ends.ts says it: null where the direction is. */
export const ENDS = `
    CASE direction WHEN 'inbound' THEN coalesce(pkt_dstaddr, dstaddr) WHEN 'outbound' THEN coalesce(pkt_srcaddr, srcaddr) END AS local_address,
    CASE direction WHEN 'inbound' THEN coalesce(pkt_srcaddr, srcaddr) WHEN 'outbound' THEN coalesce(pkt_dstaddr, dstaddr) END AS peer_address,
    CASE direction WHEN 'inbound' THEN dstport WHEN 'outbound' THEN srcport END AS local_port,
    CASE direction WHEN 'inbound' THEN srcport WHEN 'outbound' THEN dstport END AS peer_port`;

/** The ends of connected records, with the other columns named. */
export const endsSql = (records: string, columns: string): string => `
  SELECT ${columns}, direction = 'inbound' AS incoming, ${ENDS}
  FROM ${records} WHERE ${IS_CONNECTED}`;

/** Makes the temporary table `segments`. */
export const makeSegments = async (db: Database, options: SegmentOptions): Promise<void> => {
  const recordAddresses = options.hasPacketAddresses
    ? `, min(CASE WHEN incoming THEN dstaddr ELSE srcaddr END) AS local_record_address,
         min(CASE WHEN incoming THEN srcaddr ELSE dstaddr END) AS peer_record_address`
    : '';
  await db.run(`
    CREATE OR REPLACE TEMP TABLE segments AS
    SELECT *, ${connectionHash()} AS connection FROM (
      SELECT ${KEY.join(', ')}, session, action, start // ${SECONDS_PER_HOUR} * ${SECONDS_PER_HOUR} AS hour,
        count(*) FILTER (incoming) AS flows_in, count(*) FILTER (NOT incoming) AS flows_out,
        sum(packets) FILTER (incoming) AS packets_in, sum(packets) FILTER (NOT incoming) AS packets_out,
        sum(bytes) FILTER (incoming) AS bytes_in, sum(bytes) FILTER (NOT incoming) AS bytes_out,
        bit_or(tcp_flags) FILTER (incoming) AS flags_in, bit_or(tcp_flags) FILTER (NOT incoming) AS flags_out,
        min(start) AS first_seen, max(coalesce("end", start)) AS last_seen ${recordAddresses}
      FROM (${withSession(options)})
      GROUP BY ${KEY.join(', ')}, session, action, hour
    )`);
};

const withSession = ({ records, aggregationInterval, hasTracking }: SegmentOptions): string => {
  const ends = endsSql(
    records,
    `interface_id, protocol, action, start, "end", packets, bytes, tcp_flags, srcaddr, dstaddr, ${RECORD_HASH}`,
  );
  const key = KEY.join(', ');
  // Both directions often have equal times: only a total order makes the two windows see the records in the same one.
  const order = `PARTITION BY ${key} ORDER BY start, "end", ${RECORD_HASH}`;
  const grace = aggregationInterval + TIME_TOLERANCE;
  const isWhole = hasTracking
    ? `(protocol = ${TCP} AND interface_id NOT IN (${SHORT_TCP_INTERFACES}))`
    : `(protocol = ${TCP})`;
  const timeout = timeoutSql('protocol', 'both_ways', hasTracking ? trackingColumns : undefined);
  return `
    SELECT *, 0 AS session FROM (${ends}) WHERE ${isWhole}
    UNION ALL
    SELECT * EXCLUDE (parted), CAST(sum(CASE WHEN parted THEN 1 ELSE 0 END) OVER (${order} ROWS UNBOUNDED PRECEDING) AS INTEGER) AS session
    FROM (
      SELECT record.* EXCLUDE (both_ways, silent_since), start - silent_since > ${timeout} + ${grace} AS parted
      FROM (
        SELECT *, bool_or(incoming) OVER key AND bool_or(NOT incoming) OVER key AS both_ways,
          max(coalesce("end", start)) OVER (${order} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS silent_since
        FROM (${ends}) WHERE NOT ${isWhole} WINDOW key AS (PARTITION BY ${key})
      ) AS record ${hasTracking ? joinTracking('record.interface_id', 'record.start') : ''}
    )`;
};

/** As `idleTimeout`; without columns, with AWS's defaults. */
export const timeoutSql = (protocol: string, bothWays: string, own?: TrackingColumns): string => {
  const seconds = (column: string | undefined, standard: number) =>
    column === undefined ? String(standard) : `coalesce(${column}, ${standard})`;
  const tcp = seconds(own?.tcpEstablished, idleTimeout(TCP, true));
  const stream = seconds(own?.udpStream, idleTimeout(UDP, true));
  const single = seconds(own?.udpSingle, idleTimeout(UDP, false));
  return `CASE ${protocol} WHEN ${TCP} THEN ${tcp} WHEN ${UDP} THEN CASE WHEN ${bothWays} THEN ${stream} ELSE ${single} END ELSE ${idleTimeout(0, true)} END`;
};

/** Silence after which a record is certainly of another connection. */
export const silenceSql = (aggregationInterval: number, own?: TrackingColumns): string =>
  `${timeoutSql('protocol', 'flows_in > 0 AND flows_out > 0', own)} + ${aggregationInterval + TIME_TOLERANCE}`;

/** The columns that only logs with packet addresses have. */
export const recordAddressColumns = (
  hasPacketAddresses: boolean,
): { readonly local: string; readonly peer: string } => ({
  local: identifier(hasPacketAddresses ? 'local_record_address' : 'local_address'),
  peer: identifier(hasPacketAddresses ? 'peer_record_address' : 'peer_address'),
});
