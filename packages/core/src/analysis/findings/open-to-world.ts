/** Administrative ports open to every address. */
import { PortSet } from '../../net/port-set.ts';
import { TCP } from '../../net/protocol.ts';
import { formatRule } from '../../security-group/notation.ts';
import { toRuleMatch } from '../../security-group/rule-match.ts';
import { ADMIN_PORTS } from '../admin-ports.ts';
import type { RuleVerdict } from '../verdict.ts';
import { groupLabel, peersAsEvidence, ruleEvidence, ruleSubject } from './describe.ts';
import type { Finding, FindingKind } from './finding.ts';

export const openToWorld: FindingKind = {
  kind: 'open-to-world',
  summary: 'The whole internet may reach a port that gives control over a machine or its data.',
  explanation:
    `Reported for inbound rules from 0.0.0.0/0 or ::/0 that allow TCP to one of ${ADMIN_PORTS.size} ports ` +
    `(${[...ADMIN_PORTS.keys()].join(', ')}), used or not, with those who really used it. An interface without a public ` +
    'address or route is not reachable all the same: the finding is about the rule. Severity is high where an interface ' +
    'has the group, medium otherwise.',
  examples: [
    {
      title: 'SSH, with one real user',
      account: {
        groups: { 'sg-bastion': ['inbound tcp 22 from 0.0.0.0/0'] },
        interfaces: { 'eni-1': { groups: ['sg-bastion'] } },
      },
      traffic: ['eni-1 inbound tcp 22 from 203.0.113.5 x 30'],
      finds: ['open-to-world:sgr-bastion-1'],
    },
    {
      title: 'All traffic over IPv6 includes them all',
      account: {
        groups: { 'sg-any': ['inbound all from ::/0'] },
        interfaces: { 'eni-1': { groups: ['sg-any'] } },
      },
      finds: ['open-to-world:sgr-any-1'],
    },
    {
      title: 'A web server, and SSH from inside',
      account: {
        groups: {
          'sg-web': [
            'inbound tcp 443 from 0.0.0.0/0',
            'inbound tcp 22 from 10.0.0.0/8',
            'outbound tcp 22 to 0.0.0.0/0',
          ],
        },
      },
      finds: [],
    },
  ],
  find: ({ verdicts }) => verdicts.rules.flatMap((verdict) => toFinding(verdict) ?? []),
};

/** Administrative ports that a rule opens to every address. */
function openPorts({ rule }: RuleVerdict): number[] {
  const { peer, direction } = rule;
  if (direction !== 'inbound' || peer.kind !== 'cidr' || !peer.cidr.endsWith('/0')) return [];
  const { protocol, ports } = toRuleMatch(rule);
  if (protocol !== null && protocol !== TCP) return [];
  const allowed = protocol === null ? PortSet.ALL : ports;
  return [...ADMIN_PORTS.keys()].filter((port) => allowed.contains(port));
}

function toFinding(verdict: RuleVerdict): Finding | null {
  const ports = openPorts(verdict);
  if (ports.length === 0) return null;
  const { rule, group, usage, evidence } = verdict;
  const names = ports.map((port) => ADMIN_PORTS.get(port) as string);
  const what = names.length > 3 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ');
  return {
    id: `open-to-world:${rule.id}`,
    kind: 'open-to-world',
    severity: evidence.interfaces.attached > 0 ? 'high' : 'medium',
    subject: ruleSubject(verdict),
    title: `${groupLabel(group)}: ${what} open to the world by "${formatRule(rule)}"`,
    evidence: {
      ...ruleEvidence(verdict),
      ports: ports.map((port) => {
        const peers = usage?.adminPeers.get(port);
        return {
          port,
          service: ADMIN_PORTS.get(port),
          usedBy: peers ? peersAsEvidence(peers) : { count: 0, exact: true, top: [] },
        };
      }),
    },
    remediation:
      'Allow only the addresses that need it ("usedBy" lists who came), or use Session Manager instead of the port.',
  };
}
