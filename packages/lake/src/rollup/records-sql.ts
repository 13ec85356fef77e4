/**
 * What single records say, in SQL: for statements that find the connections of records, and for records of none. Each
 * piece follows from core and is tested against it.
 */

import { ACK, SYN } from '@flowfit/core/conversation/initiator';
import type { Initiator } from '@flowfit/core/conversation/model';
import { FTP_DATA_PORT, LAST_REGISTERED_PORT, LAST_SERVICE_PORT } from '@flowfit/core/conversation/ports';
import { hasPorts, TCP } from '@flowfit/core/net/protocol';

type Opened = Exclude<Initiator, 'unknown'>;

const local: Opened = 'local';
const remote: Opened = 'remote';

/** As `initiatorOfFlags`; null for other protocols than TCP. */
export const flagsSql = (protocol: string, inbound: string, outbound: string): string => {
  const opener = (flags: string) => `coalesce((${flags} & ${SYN | ACK}) = ${SYN}, FALSE)`;
  const answerer = (flags: string) => `coalesce((${flags} & ${SYN | ACK}) = ${SYN | ACK}, FALSE)`;
  const byRemote = `(${opener(inbound)} OR ${answerer(outbound)})`;
  const byLocal = `(${opener(outbound)} OR ${answerer(inbound)})`;
  return `CASE WHEN ${protocol} <> ${TCP} OR ${byRemote} = ${byLocal} THEN NULL WHEN ${byRemote} THEN '${remote}' ELSE '${local}' END`;
};

/** As `hasPorts`. */
export const hasPortsSql = (protocol: string): string =>
  `${protocol} IN (${[...Array(256).keys()].filter(hasPorts).join(', ')})`;

/** As `portRank`. */
export const portRankSql = (port: string): string =>
  `CASE WHEN ${port} IS NULL OR ${port} = 0 THEN 0 WHEN ${port} <= ${LAST_SERVICE_PORT} AND ${port} <> ${FTP_DATA_PORT} THEN 1 ` +
  `WHEN ${port} <= ${LAST_REGISTERED_PORT} THEN 2 ELSE 3 END`;

/** The service port of a record that belongs to no connection: the one that ports alone point to. */
export const looseServicePort = (alias: string): string => {
  const source = portRankSql(`${alias}srcport`);
  const destination = portRankSql(`${alias}dstport`);
  return `CASE WHEN NOT (${hasPortsSql(`${alias}protocol`)}) OR ${source} = ${destination} THEN NULL
    WHEN ${destination} = 0 OR (${source} > 0 AND ${source} < ${destination}) THEN ${alias}srcport ELSE ${alias}dstport END`;
};

/** The ends of a record of `flows/` as columns, as core/enrich/ends.ts says it: null where the direction is. */
export const ENDS = `
    CASE direction WHEN 'inbound' THEN coalesce(pkt_dstaddr, dstaddr) WHEN 'outbound' THEN coalesce(pkt_srcaddr, srcaddr) END AS local_address,
    CASE direction WHEN 'inbound' THEN coalesce(pkt_srcaddr, srcaddr) WHEN 'outbound' THEN coalesce(pkt_dstaddr, dstaddr) END AS peer_address,
    CASE direction WHEN 'inbound' THEN dstport WHEN 'outbound' THEN srcport END AS local_port,
    CASE direction WHEN 'inbound' THEN srcport WHEN 'outbound' THEN dstport END AS peer_port`;

/** What a connection is known by, as SQL: texts for its interface and addresses, so that it is the same everywhere. */
export interface ConnectionKey {
  readonly interface: string;
  readonly protocol: string;
  readonly local: string;
  readonly peer: string;
  readonly localPort: string;
  readonly peerPort: string;
}

/** DuckDB's hash of a connection's key: what `connections/` knows it by. */
export const connectionHash = (key: ConnectionKey): string =>
  `hash(${[key.interface, key.protocol, key.local, key.peer, key.localPort, key.peerPort].join(', ')})`;
