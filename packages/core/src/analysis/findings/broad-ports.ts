/** A range of ports, or all protocols, of which few were used. */
import { PortSet } from '../../net/port-set.ts';
import { hasPorts, protocolName } from '../../net/protocol.ts';
import { formatRule } from '../../security-group/notation.ts';
import { toRuleMatch } from '../../security-group/rule-match.ts';
import type { RuleUsage } from '../usage.ts';
import type { RuleVerdict } from '../verdict.ts';
import { formatRanges, groupLabel, ruleEvidence, ruleSubject } from './describe.ts';
import type { Finding, FindingKind } from './finding.ts';

/** Wider than this is broad; narrower ranges are for unused-attribute. */
export const BROAD_PORTS = 64;
/** Ranges that a suggestion may have. */
const SUGGESTED_RANGES = 10;

export const broadPorts: FindingKind = {
  kind: 'broad-ports',
  summary: 'The rule allows many ports, or every protocol, and few were used.',
  explanation:
    `Reported for used rules that allow more than ${BROAD_PORTS} ports, or all protocols, if the ports seen fall into at ` +
    `most ${SUGGESTED_RANGES} ranges that are less than half of what is allowed. Protocols that negotiate ports (FTP, ` +
    'RPC, some media) need a range although few of it are seen. The usual "all traffic" outbound rule is reported as ' +
    'information: it is the default of every group.',
  examples: [
    {
      title: 'All TCP ports for one service',
      account: {
        groups: { 'sg-db': ['inbound tcp 0-65535 from 10.0.0.0/16'] },
        interfaces: { 'eni-1': { groups: ['sg-db'] } },
      },
      traffic: ['eni-1 inbound tcp 5432 from 10.0.3.4 x 12'],
      finds: ['broad-ports:sgr-db-1'],
    },
    {
      title: 'Every protocol, of which HTTPS and DNS were used',
      account: {
        groups: { 'sg-app': ['outbound all to 0.0.0.0/0'] },
        interfaces: { 'eni-1': { groups: ['sg-app'] } },
      },
      traffic: ['eni-1 outbound tcp 443 to 198.51.100.9', 'eni-1 outbound udp 53 to 198.51.100.53'],
      finds: ['broad-ports:sgr-app-1'],
    },
    {
      title: 'A narrow range',
      account: {
        groups: { 'sg-app': ['inbound tcp 8000-8010 from 10.0.0.0/16'] },
        interfaces: { 'eni-1': { groups: ['sg-app'] } },
      },
      traffic: ['eni-1 inbound tcp 8000 from 10.0.3.4'],
      finds: [],
    },
  ],
  find: ({ verdicts }) => verdicts.rules.flatMap((verdict) => toFinding(verdict) ?? []),
};

function toFinding(verdict: RuleVerdict): Finding | null {
  const { rule, group, usage } = verdict;
  const { protocol, ports } = toRuleMatch(rule);
  if (verdict.verdict !== 'used' || !usage) return null;
  if (protocol !== null && (!hasPorts(protocol) || ports.size() <= BROAD_PORTS)) return null;
  const seen = usage.ports.intersect(ports);
  if (seen.toRanges().length > SUGGESTED_RANGES || 2 * seen.size() >= ports.size()) return null;
  const everything = rule.direction === 'outbound' && protocol === null;
  return {
    id: `broad-ports:${rule.id}`,
    kind: 'broad-ports',
    severity: everything ? 'info' : rule.direction === 'inbound' ? 'medium' : 'low',
    subject: ruleSubject(verdict),
    title: `${groupLabel(group)}: of "${formatRule(rule)}" only ${services(usage)} was used`,
    evidence: {
      ...ruleEvidence(verdict),
      allowedPorts: protocol === null ? 'all protocols' : ports.size(),
      seen: Array.from(usage.services, ([number, of]) => ({ protocol: protocolName(number), ports: of.toRanges() })),
    },
    remediation:
      'Replace the rule by one for each service in "seen"; keep a range where the protocol negotiates ports.',
  };
}

/** `tcp 443, udp 53, icmp`. */
function services({ services: seen }: RuleUsage): string {
  return Array.from(seen, ([protocol, ports]) =>
    ports.equals(PortSet.EMPTY)
      ? protocolName(protocol)
      : `${protocolName(protocol)} ${formatRanges(ports.toRanges())}`,
  ).join(', ');
}
