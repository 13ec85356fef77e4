/** Who opened a connection, as far as one record of it shows: by its flags, else by its ports. */
import { type InitiatorDecision, resolveInitiator } from '../conversation/initiator.ts';
import { type FlowBatch, MISSING_CODE, MISSING_NUMBER } from '../flow/batch.ts';
import { hasPorts } from '../net/protocol.ts';
import { codeOfWord } from './added.ts';
import { DIRECTION_CODES } from './batch.ts';
import { numbersOf } from './columns.ts';
import type { Ends } from './ends.ts';

/**
 * Of each row. A record without traffic, or of a layout without `protocol`, has no connection: all are missing. Without a
 * direction the ends cannot be told apart: unknown.
 */
export interface Initiators {
  /** Codes of the words of the added field `initiator`. */
  readonly initiators: Uint8Array;
  /** Codes of the words of the added field `initiator-method`. */
  readonly methods: Uint8Array;
  /** The port of the end that did not open the connection; `MISSING_NUMBER` = not known. */
  readonly servicePorts: Int32Array;
}

/**
 * The ladder of `../conversation/initiator.ts` with the evidence of single records. Where all records of a connection
 * are at hand, they say more.
 */
export const initiatorsOf = (batch: FlowBatch, directions: Uint8Array, ends: Ends): Initiators => {
  const initiators = new Uint8Array(batch.length);
  const methods = new Uint8Array(batch.length);
  const servicePorts = new Int32Array(batch.length).fill(MISSING_NUMBER);
  const protocols = numbersOf(batch, 'protocol');
  const flags = numbersOf(batch, 'tcp-flags');
  for (let row = 0; row < batch.length && protocols !== null; row++) {
    const protocol = protocols[row] as number;
    if (protocol === MISSING_NUMBER) continue;
    const localPort = ends.localPorts[row] as number;
    const peerPort = ends.peerPorts[row] as number;
    const direction = directions[row] as number;
    const shown = flags === null ? MISSING_NUMBER : (flags[row] as number);
    const { initiator, method } = decide(protocol, direction, shown, localPort, peerPort);
    initiators[row] = codeOfWord('initiator', initiator);
    methods[row] = codeOfWord('initiator-method', method);
    if (initiator === 'unknown' || !hasPorts(protocol)) continue;
    servicePorts[row] = initiator === 'remote' ? localPort : peerPort;
  }
  return { initiators, methods, servicePorts };
};

type Decision = Pick<InitiatorDecision, 'initiator' | 'method'>;

const decide = (protocol: number, direction: number, flags: number, localPort: number, peerPort: number): Decision => {
  if (direction === MISSING_CODE) return UNKNOWN;
  const shown = numberOrNull(flags);
  const isInbound = direction === DIRECTION_CODES.inbound;
  return resolveInitiator({
    protocol,
    action: null,
    localPort: numberOrNull(localPort),
    peerPort: numberOrNull(peerPort),
    flags: isInbound ? { inbound: shown, outbound: null } : { inbound: null, outbound: shown },
  });
};

const numberOrNull = (value: number): number | null => (value === MISSING_NUMBER ? null : value);

const UNKNOWN: Decision = { initiator: 'unknown', method: 'none' };
