/** Few ports, addresses and ranges, so that rules and packets of tiny accounts meet often. */
import type { Random } from '../account/random.ts';
import { ICMP, type IcmpKind, TCP, UDP } from './packet.ts';

export interface Place {
  readonly vpcId: string;
  readonly cidr: string;
  /** What interfaces get: few, so that they are used again. */
  readonly addresses: readonly string[];
}

export const HOME: Place = {
  vpcId: 'vpc-1',
  cidr: '10.0.0.0/16',
  addresses: ['10.0.0.4', '10.0.0.5', '10.0.0.6', '10.0.0.7', '10.0.0.8'],
};
export const FAR: Place = { vpcId: 'vpc-2', cidr: '10.1.0.0/16', addresses: ['10.1.0.4', '10.1.0.5', '10.1.0.6'] };
export const PLACES = [HOME, FAR] as const;

/** The internet, and what a VPN leads to: a private address of no VPC. */
export const OUTSIDE = ['198.51.100.7', '203.0.113.9', '10.9.0.5'] as const;
export const ADDRESSES = [...HOME.addresses, ...FAR.addresses, ...OUTSIDE];

export const CIDRS = [
  ...['0.0.0.0/0', '10.0.0.0/16', '10.0.0.4/31', '10.0.0.6/32', '10.0.0.6/31'],
  ...['10.1.0.0/16', '10.9.0.0/16', '198.51.100.0/24', '203.0.113.9/32'],
];
export const ENTRIES = ['10.0.0.4/31', '10.0.0.6/32', '10.9.0.0/16', '198.51.100.0/24', '203.0.113.9/32'];

const RULE_PORTS: Readonly<Record<string, readonly string[]>> = {
  tcp: ['443', '443', '8080', '8080', '9090', '8000-9999', '50000', '*'],
  udp: ['53', '161', '1162', '1162', '1000-9999'],
  icmp: ['8', '8', '3/4', '*'],
  '-1': ['*'],
};

/** `protocol ports` of a rule. */
export function serviceText(random: Random): string {
  const protocol = random.pick(['tcp', 'tcp', 'tcp', 'tcp', 'udp', 'udp', 'icmp', 'icmp', '-1']);
  return `${protocol} ${random.pick(RULE_PORTS[protocol] as string[])}`;
}

export const SERVICE_PORTS: Readonly<Record<number, readonly number[]>> = {
  [TCP]: [443, 8080, 9090, 50_000],
  [UDP]: [53, 161, 1162, 8080],
  [ICMP]: [0],
};

/** No system lets TCP clients use ports up to 511 but 20; UDP daemons ask from where they answer. */
export const CLIENT_PORTS: Readonly<Record<number, readonly number[]>> = {
  [TCP]: [40_000, 40_000, 50_000, 1024, 8080, 20],
  [UDP]: [40_000, 53, 161, 1162],
  [ICMP]: [0],
};

export const ICMP_KINDS: readonly IcmpKind[] = [
  { type: 8, code: 0 },
  { type: 3, code: 4 },
  { type: 13, code: 0 },
];
