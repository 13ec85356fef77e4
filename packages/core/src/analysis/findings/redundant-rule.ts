/** A rule that others make unnecessary. */
import { formatRule } from '../../security-group/notation.ts';
import { findRedundancies } from '../../security-group/redundancy.ts';
import { groupLabel } from './describe.ts';
import type { FindingKind } from './finding.ts';

export const redundantRule: FindingKind = {
  kind: 'redundant-rule',
  summary: 'Other rules admit everything that the rule admits.',
  explanation:
    'Found by set algebra on the rules, whatever the traffic. All findings of this kind may be followed, in any order, ' +
    'without cutting anything: of two identical rules only one is listed. Where other groups are needed for it, every ' +
    'interface with this group has them now ("acrossGroups"); where prefix lists are, it rests on their present entries ' +
    '("restsOn"). Open connections survive the removal of a rule that another one covers, but untracked ones, admitted ' +
    'by rules open to all addresses both ways, may be interrupted.',
  examples: [
    {
      title: 'A block within a block, and a twin',
      account: {
        groups: {
          'sg-a': [
            'inbound tcp 443 from 10.0.0.0/8',
            'inbound tcp 443 from 10.1.0.0/16',
            'inbound tcp 443 from 10.0.0.0/8',
          ],
        },
      },
      finds: ['redundant-rule:sgr-a-2', 'redundant-rule:sgr-a-3'],
    },
    {
      title: 'A reference is not implied by the addresses its members have today',
      account: {
        groups: { 'sg-a': ['inbound tcp 443 from sg-b', 'inbound tcp 443 from 10.0.0.7/32'], 'sg-b': [] },
        interfaces: { 'eni-1': { groups: ['sg-b'], addresses: ['10.0.0.7'] } },
      },
      finds: [],
    },
  ],
  find: ({ snapshot }) => {
    const groups = new Map(snapshot.groups.map((group) => [group.id, group]));
    return findRedundancies(snapshot).flatMap(({ rule, impliedBy, restsOn, acrossGroups }) => {
      const group = groups.get(rule.groupId);
      if (!group) return [];
      return {
        id: `redundant-rule:${rule.id}`,
        kind: 'redundant-rule',
        severity: 'low' as const,
        subject: { ruleId: rule.id, groupId: group.id, groupName: group.groupName },
        title: `${groupLabel(group)}: "${formatRule(rule)}" is implied by ${impliedBy.map(({ id }) => id).join(', ')}`,
        evidence: {
          rule: formatRule(rule),
          impliedBy: impliedBy.map((other) => ({ ruleId: other.id, groupId: other.groupId, rule: formatRule(other) })),
          restsOn,
          acrossGroups,
        },
        remediation: 'Remove the rule; those in "impliedBy" stay.',
      };
    });
  },
};
