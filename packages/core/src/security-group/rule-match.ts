/**
 * What a rule says of protocol and port. Source: EC2 `IpPermission`; see "Rule matching" in the docs.
 *
 * ICMP type and code share the port dimension as `type * 256 + code`, so that one algebra serves both.
 */
import type { SecurityGroupRule } from '../inventory/model.ts';
import { PortSet } from '../net/port-set.ts';
import { hasPorts, ICMP, ICMPV6, isIcmp, protocolNumber } from '../net/protocol.ts';

export interface RuleMatch {
  /** IANA number; null = every protocol. */
  readonly protocol: number | null;
  /** Ports of tcp and udp, types and codes of icmp and icmpv6, all of others. */
  readonly ports: PortSet;
  /** Flow logs lack what it asks for (ICMP type and code), or it cannot be read: its admissions are only possible. */
  readonly typed: boolean;
  /** The only family whose packets it can admit; null = both. */
  readonly family: 4 | 6 | null;
}

const EVERYTHING: RuleMatch = { protocol: null, ports: PortSet.ALL, typed: false, family: null };

export function toRuleMatch(rule: SecurityGroupRule): RuleMatch {
  if (rule.protocol === '-1') return EVERYTHING;
  const protocol = protocolNumber(rule.protocol);
  if (protocol === null) return { ...EVERYTHING, typed: true };
  const family = protocol === ICMP ? 4 : protocol === ICMPV6 ? 6 : null;
  const { fromPort, toPort } = rule;
  const any = fromPort === null || fromPort < 0 || !(hasPorts(protocol) || isIcmp(protocol));
  if (any) return { protocol, ports: PortSet.ALL, typed: false, family };
  if (hasPorts(protocol)) return { protocol, ports: PortSet.of([fromPort, toPort ?? fromPort]), typed: false, family };
  const [firstCode, lastCode] = toPort === null || toPort < 0 ? [0, 255] : [toPort, toPort];
  const ports = PortSet.of([fromPort * 256 + firstCode, fromPort * 256 + lastCode]);
  return { protocol, ports, typed: true, family };
}
