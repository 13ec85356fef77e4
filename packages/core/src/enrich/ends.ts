/**
 * The two ends of a record as its interface sees them. Packet addresses come first: AWS rewrites the others to the
 * primary address of the interface, and rules are matched against what the packets really carried.
 */
import type { FieldValue, FlowRecord } from '../flow/record.ts';
import type { Direction } from './added.ts';

export interface Ends {
  readonly localAddress: string | null;
  readonly peerAddress: string | null;
  readonly localPort: number | null;
  readonly peerPort: number | null;
}

/** Address that the packets came from. */
export const sourceOf = (record: FlowRecord): string | null => toText(record['pkt-srcaddr'] ?? record['srcaddr']);

/** Address that the packets went to. */
export const destinationOf = (record: FlowRecord): string | null => toText(record['pkt-dstaddr'] ?? record['dstaddr']);

/** All null when the direction is unknown: then it is unknown which end is whose. */
export const resolveEnds = (record: FlowRecord, direction: Direction | null): Ends => {
  switch (direction) {
    case 'inbound':
      return {
        localAddress: destinationOf(record),
        peerAddress: sourceOf(record),
        localPort: toNumber(record['dstport']),
        peerPort: toNumber(record['srcport']),
      };
    case 'outbound':
      return {
        localAddress: sourceOf(record),
        peerAddress: destinationOf(record),
        localPort: toNumber(record['srcport']),
        peerPort: toNumber(record['dstport']),
      };
    case null:
      return UNKNOWN_ENDS;
  }
};

const UNKNOWN_ENDS: Ends = { localAddress: null, peerAddress: null, localPort: null, peerPort: null };

const toText = (value: FieldValue | undefined): string | null => (typeof value === 'string' ? value : null);

const toNumber = (value: FieldValue | undefined): number | null => (typeof value === 'number' ? value : null);
