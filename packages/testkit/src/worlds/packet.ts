/** First packets of connections, and what a rule says of one by all but its peer. Loops and no index: this is an oracle. */
import type { SecurityGroupRule } from '@flowfit/core/inventory/model';
import { isInRange, rangeOf, toBits } from '../account/address.ts';
import type { Direction } from './documents.ts';

export const ICMP = 1;
export const TCP = 6;
export const UDP = 17;

const NUMBERS: Readonly<Record<string, number>> = { icmp: ICMP, tcp: TCP, udp: UDP };

/** Seen from one interface. */
export interface Packet {
  readonly direction: Direction;
  /** IANA number. */
  readonly protocol: number;
  /** The responder's port; 0 of ICMP. */
  readonly servicePort: number;
  readonly icmp: IcmpKind;
  readonly peerAddress: string;
}

export interface IcmpKind {
  readonly type: number;
  readonly code: number;
}

export function matchesService(rule: SecurityGroupRule, { direction, protocol, servicePort, icmp }: Packet): boolean {
  if (rule.direction !== direction) return false;
  if (rule.protocol === '-1') return true;
  if (NUMBERS[rule.protocol] !== protocol) return false;
  const { fromPort, toPort } = rule;
  if (fromPort === null) return true;
  if (protocol === ICMP) return fromPort === icmp.type && (toPort === null || toPort === icmp.code);
  return fromPort <= servicePort && servicePort <= (toPort ?? fromPort);
}

export const isInCidr = (cidr: string, address: string): boolean => isInRange(rangeOf(cidr), toBits(address));

export const isInAny = (cidrs: readonly string[], address: string): boolean =>
  cidrs.some((cidr) => isInCidr(cidr, address));
