/** The question that rules answer, and the answer: which of them admit a connection's first packet. */
import type { SecurityGroupRule } from '../inventory/model.ts';

/** The first packet of a connection, seen from one interface. */
export interface FirstPacket {
  /** VPC of the interface; null = not known. */
  readonly vpcId: string | null;
  /** Groups of the interface. */
  readonly groupIds: readonly string[];
  /** Inbound: the peer opened the connection to us. */
  readonly direction: 'inbound' | 'outbound';
  /** IANA number. */
  readonly protocol: number;
  /** The packet's destination port; null where the protocol has none or it is not known. */
  readonly servicePort: number | null;
  /** Text of the other end's address. */
  readonly peerAddress: string;
}

/**
 * All rules that admit a packet. `possible`: rules that admit it or not depending on what the evidence leaves open.
 * Never "the" rule: AWS evaluates the union and names no winner.
 */
export interface Admissions {
  readonly certain: readonly SecurityGroupRule[];
  readonly possible: readonly SecurityGroupRule[];
  /** Of each possible one: what is in doubt, bits of `DOUBT`. */
  readonly doubts: readonly number[];
}

export const NO_ADMISSIONS: Admissions = { certain: [], possible: [], doubts: [] };

/** The strongest thing admissions say. */
export function strengthOf({
  certain,
  possible,
}: Readonly<Record<'certain' | 'possible', readonly unknown[]>>): 'certain' | 'possible' | 'none' {
  if (certain.length > 0) return 'certain';
  return possible.length > 0 ? 'possible' : 'none';
}
