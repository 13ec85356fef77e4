/**
 * The two ends of records as their interfaces see them. Packet addresses come first: AWS rewrites the others to the
 * primary address of the interface, and rules are matched against what the packets really carried.
 */
import { type FlowBatch, MISSING_CODE, MISSING_NUMBER } from '../flow/batch.ts';
import { DIRECTION_CODES } from './batch.ts';
import { codesOf, numbersOf } from './columns.ts';

/** Codes of addresses, and ports, of each row; missing where the direction is unknown: then nothing tells whose is which. */
export interface Ends {
  readonly localAddresses: Int32Array;
  readonly peerAddresses: Int32Array;
  readonly localPorts: Int32Array;
  readonly peerPorts: Int32Array;
}

/** Codes of the addresses that the packets came from. */
export const sourcesOf = (batch: FlowBatch): Int32Array => firstOf(batch, ['pkt-srcaddr', 'srcaddr']);

/** Codes of the addresses that the packets went to. */
export const destinationsOf = (batch: FlowBatch): Int32Array => firstOf(batch, ['pkt-dstaddr', 'dstaddr']);

/** @param directions as `EnrichedBatch` has them */
export const endsOf = (batch: FlowBatch, directions: Uint8Array): Ends => {
  const addresses = bySide(directions, sourcesOf(batch), destinationsOf(batch), MISSING_CODE);
  const ports = bySide(directions, portsOf(batch, 'srcport'), portsOf(batch, 'dstport'), MISSING_NUMBER);
  return {
    localAddresses: addresses.locals,
    peerAddresses: addresses.peers,
    localPorts: ports.locals,
    peerPorts: ports.peers,
  };
};

const bySide = (directions: Uint8Array, sources: Int32Array, destinations: Int32Array, missing: number) => {
  const locals = new Int32Array(directions.length);
  const peers = new Int32Array(directions.length);
  for (let row = 0; row < directions.length; row++) {
    const direction = directions[row];
    const isOutbound = direction === DIRECTION_CODES.outbound;
    const isKnown = isOutbound || direction === DIRECTION_CODES.inbound;
    locals[row] = isKnown ? ((isOutbound ? sources : destinations)[row] as number) : missing;
    peers[row] = isKnown ? ((isOutbound ? destinations : sources)[row] as number) : missing;
  }
  return { locals, peers };
};

/** The first of two fields that a row has. */
const firstOf = (batch: FlowBatch, [first, second]: readonly [string, string]): Int32Array => {
  const preferred = codesOf(batch, first);
  const other = codesOf(batch, second);
  if (preferred === null || other === null) return preferred ?? other ?? new Int32Array(batch.length);
  const codes = new Int32Array(batch.length);
  for (let row = 0; row < codes.length; row++) {
    const code = preferred[row] as number;
    codes[row] = code === MISSING_CODE ? (other[row] as number) : code;
  }
  return codes;
};

const portsOf = (batch: FlowBatch, field: string): Int32Array =>
  (numbersOf(batch, field) as Int32Array | null) ?? new Int32Array(batch.length).fill(MISSING_NUMBER);
