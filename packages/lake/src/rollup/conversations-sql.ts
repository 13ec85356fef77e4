/** From segments and what was found out about them to the rows of `conversations/` and `connections/`. */
import type { PlaceColumn } from '../ingest/places.ts';
import { IS_OPEN } from './evidence.ts';
import { type Captures, captureSql, gapSql } from './gaps.ts';
import { eliminationSql, isPorted, ladderSql, portRankSql } from './initiator-sql.ts';
import { IS_CONNECTED, recordAddressColumns } from './segments.ts';

/** The segments with their clues and the judgement of the rules. */
const KNOWN = `
  SELECT segments.rowid AS id, segments.interface_id, segments.protocol, segments.action, segments.local_port, segments.peer_port,
    segments.peer_address, clues.began, clues.epoch, clues.is_first, clues.has_in, clues.has_out, clues.by_flags, clues.by_other_interval, clues.by_other_interface,
    judged.rules_in, judged.rules_out, judged.local_class, judged.peer_class
  FROM segments JOIN clues ON clues.id = segments.rowid LEFT JOIN judged ON judged.id = segments.rowid`;

/**
 * Statements that make the tables `local_fans` and `peer_fans` for what the rungs above leave open: fan-in is counted
 * over one interface, protocol and day, as `FanIn` of core/conversation/ports.ts says.
 */
export const fanInTables = (): string[] => [
  `CREATE OR REPLACE TEMP TABLE inferable AS
   SELECT DISTINCT interface_id, protocol FROM (${KNOWN}) WHERE ${IS_OPEN} AND ${isPorted} AND ${eliminationSql} IS NULL`,
  `CREATE OR REPLACE TEMP TABLE local_fans AS
   SELECT interface_id, protocol, local_port, count(DISTINCT peer_port) AS fan
   FROM segments SEMI JOIN inferable USING (interface_id, protocol) GROUP BY ALL`,
  `CREATE OR REPLACE TEMP TABLE peer_fans AS
   SELECT interface_id, protocol, peer_address, peer_port, count(DISTINCT local_port) AS fan
   FROM segments SEMI JOIN inferable USING (interface_id, protocol) GROUP BY ALL`,
];

/** Query of who opened the connection of each segment, narrow: `id` is the row id of the segment. */
export const decidedSql = (captures: Captures): string => `
  SELECT decided.id, decided.began, decided.is_first, ${captureSql(captures, 'epoch')} AS inventory_at, initiator, initiator_method,
    CASE WHEN NOT ${isPorted} THEN NULL WHEN initiator = 'remote' THEN local_port WHEN initiator = 'local' THEN peer_port END AS service_port,
    CASE WHEN alternative THEN local_class END AS open_local_port, CASE WHEN alternative THEN peer_class END AS open_peer_port
  FROM (${ladderSql(`(
    SELECT known.*, local_fans.fan AS local_fan, peer_fans.fan AS peer_fan FROM (${KNOWN}) AS known
    LEFT JOIN local_fans ON local_fans.interface_id = known.interface_id AND local_fans.protocol = known.protocol AND local_fans.local_port = known.local_port
    LEFT JOIN peer_fans ON peer_fans.interface_id = known.interface_id AND peer_fans.protocol = known.protocol
      AND peer_fans.peer_address = known.peer_address AND peer_fans.peer_port = known.peer_port)`)}) AS decided`;

/** Query of the rows of `connections/`. */
export const connectionsSql = (): string => `
  SELECT connection, session, action, began, first_seen, last_seen, flags_in, flags_out, flows_in > 0 AS has_in, flows_out > 0 AS has_out, initiator, initiator_method
  FROM segments JOIN decided ON decided.id = segments.rowid`;

/**
 * Query of the rows of `conversations/`, without the columns that follow from the interface and the ends alone. Both
 * directions are added up together, and told apart only in what is left.
 */
export const conversationsSql = (hasPacketAddresses: boolean): string => {
  const address = recordAddressColumns(hasPacketAddresses);
  const key = `hour, inventory_at, interface_id, local_address, peer_address, ${
    hasPacketAddresses ? `${address.local}, ${address.peer},` : ''
  } initiator, initiator_method, protocol, service_port, open_local_port, open_peer_port, action`;
  const sums = ['flows', 'packets', 'bytes', 'connections'];
  const oneWay = (direction: 'inbound' | 'outbound') => {
    const [side, source, destination] =
      direction === 'inbound' ? ['in', address.peer, address.local] : ['out', address.local, address.peer];
    return `
      SELECT hour, inventory_at, interface_id, '${direction}' AS direction, ${source} AS srcaddr, ${destination} AS dstaddr,
        local_address, peer_address, initiator, initiator_method, protocol, service_port, open_local_port, open_peer_port, action,
        ${sums.map((sum) => `${sum}_${side}::BIGINT AS ${sum}`).join(', ')}, first_seen, last_seen
      FROM both_ways WHERE flows_${side} > 0`;
  };
  return `
    WITH both_ways AS (
      SELECT ${key}, ${['flows', 'packets', 'bytes'].flatMap((sum) => [`sum(${sum}_in) AS ${sum}_in`, `sum(${sum}_out) AS ${sum}_out`]).join(', ')},
        count(*) FILTER (is_first AND ${IS_OPENED_INBOUND}) AS connections_in,
        count(*) FILTER (is_first AND NOT ${IS_OPENED_INBOUND}) AS connections_out,
        min(first_seen) AS first_seen, max(last_seen) AS last_seen
      FROM segments JOIN decided ON decided.id = segments.rowid GROUP BY ${key})
    ${oneWay('inbound')} UNION ALL ${oneWay('outbound')}`;
};

/** A connection counts on the row of the direction it was opened in, if there are records of that direction. */
const IS_OPENED_INBOUND = `(flows_out = 0 OR (flows_in > 0 AND initiator <> 'local'))`;

/** The service port of a record that belongs to no connection: the one that ports alone point to. */
export const looseServicePort = (alias: string): string => {
  const source = portRankSql(`${alias}srcport`);
  const destination = portRankSql(`${alias}dstport`);
  return `CASE WHEN NOT (${isPorted.replace('protocol', `${alias}protocol`)}) OR ${source} = ${destination} THEN NULL
    WHEN ${destination} = 0 OR (${source} > 0 AND ${source} < ${destination}) THEN ${alias}srcport ELSE ${alias}dstport END`;
};

/** Records of which it is known where they are from and to, and not which of both ends is the interface's. */
export const IS_UNDIRECTED = `start IS NOT NULL AND interface_id IS NOT NULL AND direction IS NULL AND ${isPorted}`;

/** Relation of the gap and the ports of the records whose ports are replaced by their class in `looseSql`. */
export const undirectedPorts = (records: string, captures: Captures): string =>
  `(SELECT interface_id, ${gapSql(captures, 'start')} AS epoch, srcport, dstport FROM ${records} WHERE ${IS_UNDIRECTED})`;

/**
 * Query of records that belong to no connection, since their direction, interface, protocol or time is not known.
 *
 * @param hasClasses whether `stances` and `port_class` (`./stances.ts`) are there for the ports of undirected ones
 */
export const looseSql = (records: string, captures: Captures, hasClasses: boolean): string => {
  const classOf = (port: string) => (hasClasses ? `${port}_class.class` : 'NULL::INTEGER');
  const joinClass = (port: string) =>
    `LEFT JOIN port_class AS ${port}_class ON ${port}_class.stance = stances.stance AND ${port}_class.port = loose.${port}`;
  const joins = hasClasses
    ? `LEFT JOIN stances ON stances.interface_id = loose.undirected_interface_id AND stances.epoch = loose.gap
       ${joinClass('srcport')} ${joinClass('dstport')}`
    : '';
  return `
  SELECT start // 3600 * 3600 AS hour, ${captureSql(captures, 'gap')} AS inventory_at, loose.interface_id, direction, srcaddr, dstaddr,
    NULL::VARCHAR AS local_address, NULL::VARCHAR AS peer_address, 'unknown' AS initiator, 'none' AS initiator_method, protocol,
    ${looseServicePort('')} AS service_port,
    ${classOf('srcport')} AS open_local_port, ${classOf('dstport')} AS open_peer_port, action,
    count(*) AS flows, sum(packets)::BIGINT AS packets, sum(bytes)::BIGINT AS bytes, 0::BIGINT AS connections,
    min(start) AS first_seen, max(coalesce("end", start)) AS last_seen
  FROM (SELECT *, ${gapSql(captures, 'start')} AS gap, CASE WHEN ${IS_UNDIRECTED} THEN interface_id END AS undirected_interface_id FROM ${records} WHERE NOT coalesce(${IS_CONNECTED}, FALSE)) AS loose ${joins}
  GROUP BY ALL`;
};

/** The columns of a peer's or local end's place, named for source and destination by the direction of the row. */
export const placeOfEnds = (columns: readonly PlaceColumn[]): string[] =>
  columns.flatMap((column) => [
    `source_place.${column} AS source_${column}`,
    `destination_place.${column} AS destination_${column}`,
  ]);
