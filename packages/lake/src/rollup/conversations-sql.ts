/** From judged segments to the rows of `conversations/` and `connections/`. */
import type { PlaceColumn } from '../ingest/places.ts';
import { isPorted, ladderSql, portRankSql } from './initiator-sql.ts';
import { recordAddressColumns } from './segments.ts';

/**
 * Query of the segments with their initiator. Fan-in is counted for what the rungs above left open, over one interface,
 * protocol and day, as `FanIn` of core/conversation/ports.ts.
 */
export const decidedSql = (): string => `
  SELECT *, CASE WHEN NOT ${isPorted} THEN NULL WHEN initiator = 'remote' THEN local_port WHEN initiator = 'local' THEN peer_port END AS service_port
  FROM (${ladderSql(`(
    SELECT judged.*, local_fans.fan AS local_fan, peer_fans.fan AS peer_fan FROM judged
    LEFT JOIN local_fans ON local_fans.interface_id = judged.interface_id AND local_fans.protocol = judged.protocol AND local_fans.local_port = judged.local_port
    LEFT JOIN peer_fans ON peer_fans.interface_id = judged.interface_id AND peer_fans.protocol = judged.protocol
      AND peer_fans.peer_address = judged.peer_address AND peer_fans.peer_port = judged.peer_port)`)})`;

/** Tables `local_fans` and `peer_fans`, for connections that are not decided by flags or rules. */
export const fanInTables = (): string[] => {
  const open = `by_flags IS NULL AND by_other_interval IS NULL AND by_other_interface IS NULL
    AND (action IS DISTINCT FROM 'ACCEPT' OR rules_in IS NULL OR (rules_in = 'none') = (rules_out = 'none')) AND ${isPorted}`;
  const wanted = `(SELECT DISTINCT interface_id, protocol FROM judged WHERE ${open})`;
  return [
    `CREATE OR REPLACE TEMP TABLE local_fans AS
     SELECT interface_id, protocol, local_port, count(*) AS fan FROM (
       SELECT DISTINCT interface_id, protocol, local_port, peer_port FROM judged SEMI JOIN ${wanted} AS wanted USING (interface_id, protocol)
     ) GROUP BY ALL`,
    `CREATE OR REPLACE TEMP TABLE peer_fans AS
     SELECT interface_id, protocol, peer_address, peer_port, count(*) AS fan FROM (
       SELECT DISTINCT interface_id, protocol, peer_address, peer_port, local_port FROM judged SEMI JOIN ${wanted} AS wanted USING (interface_id, protocol)
     ) GROUP BY ALL`,
  ];
};

/** Query of the rows of `connections/` from the temporary table `decided`. */
export const connectionsSql = (): string => `
  SELECT connection, session, action, min(began) AS began, max(last_seen) AS last_seen,
    bit_or(flags_in) AS flags_in, bit_or(flags_out) AS flags_out,
    arg_min(initiator, first_seen) AS initiator, arg_min(initiator_method, first_seen) AS initiator_method
  FROM decided GROUP BY connection, session, action`;

/**
 * Query of the rows of `conversations/` from the temporary tables `decided` and `loose`, without the columns that
 * follow from the interface and the peer alone.
 */
export const conversationsSql = (hasPacketAddresses: boolean): string => {
  const address = recordAddressColumns(hasPacketAddresses);
  const oneWay = (direction: 'inbound' | 'outbound') => {
    const [side, source, destination] =
      direction === 'inbound' ? ['in', address.peer, address.local] : ['out', address.local, address.peer];
    return `
      SELECT hour, inventory_at, interface_id, '${direction}' AS direction, ${source} AS srcaddr, ${destination} AS dstaddr,
        local_address, peer_address, initiator, initiator_method, protocol, service_port,
        CASE WHEN alternative THEN local_class END AS open_local_port, CASE WHEN alternative THEN peer_class END AS open_peer_port, action,
        flows_${side} AS flows, packets_${side} AS packets, bytes_${side} AS bytes,
        CASE WHEN is_first AND opened = '${direction}' THEN 1 ELSE 0 END AS connections, first_seen, last_seen
      FROM decided_ways WHERE flows_${side} > 0`;
  };
  return `
    WITH decided_ways AS (
      SELECT *, CASE
        WHEN flows_in = 0 THEN 'outbound' WHEN flows_out = 0 THEN 'inbound'
        WHEN initiator = 'local' THEN 'outbound' ELSE 'inbound' END AS opened FROM decided)
    SELECT hour, inventory_at, interface_id, direction, srcaddr, dstaddr, local_address, peer_address, initiator, initiator_method,
      protocol, service_port, open_local_port, open_peer_port, action,
      sum(flows)::BIGINT AS flows, sum(packets)::BIGINT AS packets, sum(bytes)::BIGINT AS bytes,
      sum(connections)::BIGINT AS connections, min(first_seen) AS first_seen, max(last_seen) AS last_seen
    FROM (${oneWay('inbound')} UNION ALL ${oneWay('outbound')})
    GROUP BY ALL`;
};

/** The service port of a record that belongs to no connection: the one that ports alone point to. */
export const looseServicePort = (alias: string): string => {
  const source = portRankSql(`${alias}srcport`);
  const destination = portRankSql(`${alias}dstport`);
  return `CASE WHEN NOT (${isPorted.replace('protocol', `${alias}protocol`)}) OR ${source} = ${destination} THEN NULL
    WHEN ${destination} = 0 OR (${source} > 0 AND ${source} < ${destination}) THEN ${alias}srcport ELSE ${alias}dstport END`;
};

/** Query of records that belong to no connection, since their direction, interface, protocol or time is not known. */
export const looseSql = (records: string, isConnected: string): string => `
  SELECT start // 3600 * 3600 AS hour, NULL::BIGINT AS inventory_at, interface_id, direction, srcaddr, dstaddr,
    NULL::VARCHAR AS local_address, NULL::VARCHAR AS peer_address, 'unknown' AS initiator, 'none' AS initiator_method, protocol,
    ${looseServicePort('')} AS service_port,
    NULL::INTEGER AS open_local_port, NULL::INTEGER AS open_peer_port, action,
    count(*) AS flows, sum(packets)::BIGINT AS packets, sum(bytes)::BIGINT AS bytes, 0::BIGINT AS connections,
    min(start) AS first_seen, max(coalesce("end", start)) AS last_seen
  FROM ${records} WHERE NOT coalesce(${isConnected}, FALSE)
  GROUP BY ALL`;

/** The columns of a peer's or local end's place, named for source and destination by the direction of the row. */
export const placeOfEnds = (columns: readonly PlaceColumn[]): string[] =>
  columns.flatMap((column) => [
    `source_place.${column} AS source_${column}`,
    `destination_place.${column} AS destination_${column}`,
  ]);
