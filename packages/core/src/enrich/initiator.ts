/** Who opened a connection, as far as one record of it shows: by its flags, else by its ports. */
import { resolveInitiator } from '../conversation/initiator.ts';
import type { Initiator, InitiatorMethod } from '../conversation/model.ts';
import type { FieldValue, FlowRecord } from '../flow/record.ts';
import { hasPorts } from '../net/protocol.ts';
import type { Direction } from './added.ts';
import type { Ends } from './ends.ts';

export interface RecordInitiator {
  readonly initiator: Initiator | null;
  readonly method: InitiatorMethod | null;
  /** The port of the end that did not open the connection. */
  readonly servicePort: number | null;
}

/**
 * The ladder of `../conversation/initiator.ts` with the evidence of a single record. A record without traffic, or of a
 * layout without `protocol`, has no connection: all null. Without a direction the ends cannot be told apart: unknown.
 */
export const initiatorOfRecord = (record: FlowRecord, direction: Direction | null, ends: Ends): RecordInitiator => {
  const protocol = record['protocol'];
  if (typeof protocol !== 'number') return NO_CONNECTION;
  if (direction === null) return UNKNOWN;
  const flags = flagsOf(record['tcp-flags']);
  const { initiator, method } = resolveInitiator({
    protocol,
    action: null,
    localPort: ends.localPort,
    peerPort: ends.peerPort,
    flags: direction === 'inbound' ? { inbound: flags, outbound: null } : { inbound: null, outbound: flags },
  });
  return { initiator, method, servicePort: hasPorts(protocol) ? servicePortOf(initiator, ends) : null };
};

const servicePortOf = (initiator: Initiator, ends: Ends): number | null => {
  switch (initiator) {
    case 'remote':
      return ends.localPort;
    case 'local':
      return ends.peerPort;
    case 'unknown':
      return null;
  }
};

const flagsOf = (value: FieldValue | undefined): number | null => (typeof value === 'number' ? value : null);

const NO_CONNECTION: RecordInitiator = { initiator: null, method: null, servicePort: null };
const UNKNOWN: RecordInitiator = { initiator: 'unknown', method: 'none', servicePort: null };
