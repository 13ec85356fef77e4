/** What rules of a group say, in one form, to compare what was written with what was meant. */
import type { SecurityGroupRule } from '../src/inventory/model.ts';
import { peerText } from '../src/inventory/rule-id.ts';

export interface WrittenRule {
  readonly groupId: unknown;
  readonly direction: 'inbound' | 'outbound';
  readonly protocol: unknown;
  /** Absent in the text where a protocol has none. */
  readonly from: unknown;
  readonly to: unknown;
  readonly peer: unknown;
  readonly description: string;
}

export const formOf = ({ groupId, direction, protocol, from, to, peer, description }: WrittenRule): string =>
  [groupId, direction, protocol, from ?? 'none', to ?? 'none', peer, JSON.stringify(description)].join(' ');

/** Of a rule of the model, by AWS's conventions: -1 is every ICMP type or code, 0 to 65535 every port. */
export function meantForm(rule: SecurityGroupRule, description: string): string {
  const { groupId, direction, protocol, fromPort, toPort, peer } = rule;
  const isIcmp = protocol.startsWith('icmp');
  const all = isIcmp ? [-1, -1] : protocol === 'tcp' || protocol === 'udp' ? [0, 65535] : [undefined, undefined];
  const hasNone = fromPort === null || all[0] === undefined;
  const [from, to] = hasNone ? all : [fromPort, toPort ?? (isIcmp ? -1 : fromPort)];
  return formOf({ groupId, direction, protocol, from, to, peer: peerText(peer), description });
}
