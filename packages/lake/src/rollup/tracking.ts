/** Idle time-outs that interfaces have configured, as a table to join with. Most interfaces have none. */
import type { Timeline } from '@flowfit/core/inventory/timeline';
import type { Database } from '../database.ts';
import { SECONDS_PER_DAY } from '../relations.ts';
import { loadDocuments } from '../sql/load.ts';
import { joinVersion, validityOf } from '../sql/versions.ts';

const TABLE = 'interface_tracking';

/** The columns of the table, seconds; null = AWS's default. */
export interface TrackingColumns {
  readonly tcpEstablished: string;
  readonly udpStream: string;
  readonly udpSingle: string;
}

/**
 * Makes the temporary table `interface_tracking (id, valid_from, valid_to, tcp_established, udp_stream, udp_single)`.
 *
 * @returns whether it has rows: without any, nothing needs to be joined
 */
export const loadTracking = async (db: Database, timeline: Timeline): Promise<boolean> => {
  const versions = timeline.interfaceVersions();
  const validity = validityOf(versions);
  const documents = versions.flatMap(({ id, value }, index) => {
    const { tcpEstablished, udpStream, udpSingle } = value.connectionTracking;
    if (tcpEstablished === null && udpStream === null && udpSingle === null) return [];
    const settings = { tcp_established: tcpEstablished, udp_stream: udpStream, udp_single: udpSingle };
    return [{ id, ...validity[index], ...settings }];
  });
  const seconds = 'BIGINT';
  await loadDocuments(
    db,
    TABLE,
    {
      id: 'VARCHAR',
      valid_from: seconds,
      valid_to: seconds,
      tcp_established: seconds,
      udp_stream: seconds,
      udp_single: seconds,
    },
    documents,
  );
  return documents.length > 0;
};

/** The settings of the interface of a row at the time of the row; to be followed by the uses of `trackingColumns`. */
export const joinTracking = (interfaceId: string, seconds: string): string =>
  joinVersion(TABLE, 'tracking', interfaceId, seconds);

export const trackingColumns: TrackingColumns = {
  tcpEstablished: 'tracking.tcp_established',
  udpStream: 'tracking.udp_stream',
  udpSingle: 'tracking.udp_single',
};

/** Interfaces whose TCP connections may end and begin again within a day. */
export const SHORT_TCP_INTERFACES = `SELECT id FROM ${TABLE} WHERE tcp_established < ${SECONDS_PER_DAY}`;
