/** A rule in use of which a part never was: an entry of its prefix list, or some of its few ports. */
import type { PrefixList } from '../../inventory/model.ts';
import { AddressSet } from '../../net/address-set.ts';
import { hasPorts } from '../../net/protocol.ts';
import { formatRule } from '../../security-group/notation.ts';
import { toRuleMatch } from '../../security-group/rule-match.ts';
import type { RuleVerdict } from '../verdict.ts';
import { BROAD_PORTS } from './broad-ports.ts';
import { formatRanges, groupLabel, isWatchedWell, ruleEvidence, ruleSubject } from './describe.ts';
import type { Finding, FindingKind } from './finding.ts';

export const unusedAttribute: FindingKind = {
  kind: 'unused-attribute',
  summary: 'The rule is used, and an entry of its prefix list or a part of its ports is not.',
  explanation:
    'Reported for used rules whose interfaces were all logged without a break, and which have no merely possible ' +
    `admissions. Ports: for ranges of 2 to ${BROAD_PORTS} (wider ones are for broad-ports). Prefix lists: for lists of ` +
    'your own, one finding for each entry from which, or to which, nothing came. A group that a rule of a permission ' +
    'refers to is a rule of its own to EC2, and so it is to us: see unused-rule.',
  examples: [
    {
      title: 'One of three offices never came',
      account: {
        groups: { 'sg-web': ['inbound tcp 443 from pl-office'] },
        interfaces: { 'eni-1': { groups: ['sg-web'] } },
        prefixLists: { 'pl-office': ['192.0.2.0/24', '198.51.100.0/24', '203.0.113.0/24'] },
      },
      traffic: ['eni-1 inbound tcp 443 from 192.0.2.7', 'eni-1 inbound tcp 443 from 203.0.113.7'],
      finds: ['unused-attribute:sgr-web-1/198.51.100.0/24'],
    },
    {
      title: 'Two of four ports',
      account: {
        groups: { 'sg-app': ['inbound tcp 8000-8003 from 10.0.0.0/16'] },
        interfaces: { 'eni-1': { groups: ['sg-app'] } },
      },
      traffic: ['eni-1 inbound tcp 8000 from 10.0.3.4', 'eni-1 inbound tcp 8003 from 10.0.3.4'],
      finds: ['unused-attribute:sgr-app-1/ports'],
    },
    {
      title: 'Everything was used',
      account: {
        groups: { 'sg-app': ['inbound tcp 80-81 from 10.0.0.0/16'] },
        interfaces: { 'eni-1': { groups: ['sg-app'] } },
      },
      traffic: ['eni-1 inbound tcp 80 from 10.0.3.4', 'eni-1 inbound tcp 81 from 10.0.3.4'],
      finds: [],
    },
  ],
  find: ({ verdicts, snapshot }) => {
    const lists = new Map(snapshot.prefixLists.map((list) => [list.id, list]));
    return verdicts.rules
      .filter(({ verdict, usage }) => verdict === 'used' && usage?.connections.possible === 0)
      .filter(isWatchedWell)
      .flatMap((verdict) => [...unusedPorts(verdict), ...unusedEntries(verdict, lists)]);
  },
};

function unusedPorts(verdict: RuleVerdict): Finding[] {
  const { rule, group, usage } = verdict;
  const { protocol, ports } = toRuleMatch(rule);
  if (!usage || protocol === null || !hasPorts(protocol) || ports.size() > BROAD_PORTS) return [];
  const unused = ports.subtract(usage.ports);
  if (unused.isEmpty() || unused.equals(ports)) return [];
  return [
    {
      id: `unused-attribute:${rule.id}/ports`,
      kind: 'unused-attribute',
      severity: 'low',
      subject: ruleSubject(verdict),
      title: `${groupLabel(group)}: of "${formatRule(rule)}" nothing used port ${formatRanges(unused.toRanges())}`,
      evidence: { ...ruleEvidence(verdict), unusedPorts: unused.toRanges(), seenPorts: usage.ports.toRanges() },
      remediation: 'Narrow the ports of the rule to those in "seenPorts".',
    },
  ];
}

function unusedEntries(verdict: RuleVerdict, lists: ReadonlyMap<string, PrefixList>): Finding[] {
  const { rule, group, usage } = verdict;
  if (!usage || rule.peer.kind !== 'prefix-list') return [];
  const list = lists.get(rule.peer.prefixListId);
  if (!list?.entries || list.ownerId === 'AWS') return [];
  return list.entries
    .filter(({ cidr }) => usage.peers.seen.intersect(AddressSet.parse([cidr])).isEmpty())
    .map(({ cidr, description }) => ({
      id: `unused-attribute:${rule.id}/${cidr}`,
      kind: 'unused-attribute',
      severity: 'low' as const,
      subject: { ...ruleSubject(verdict), prefixListId: list.id, cidr },
      title: `${groupLabel(group)}: nothing used entry ${cidr} of ${list.id} through "${formatRule(rule)}"`,
      evidence: { ...ruleEvidence(verdict), entryDescription: description },
      remediation: `Remove ${cidr} from ${list.id} if no other rule with the list needs it.`,
    }));
}
