/** A group that interfaces have and that admitted nothing. */
import { groupLabel } from './describe.ts';
import type { FindingKind } from './finding.ts';

export const silentGroup: FindingKind = {
  kind: 'silent-group',
  summary: 'Interfaces have the group, and none of its rules admitted anything.',
  explanation:
    'Reported where every rule of the group is "unused" and no other group refers to it: taking it off its interfaces ' +
    'would have changed nothing. A group that others refer to marks its members, so that it is at work without traffic ' +
    'of its own. Note that an interface must keep at least one group.',
  examples: [
    {
      title: 'All traffic came through the other group',
      account: {
        groups: { 'sg-web': ['inbound tcp 443 from 0.0.0.0/0'], 'sg-debug': ['inbound tcp 9000-9100 from 10.0.0.0/8'] },
        interfaces: { 'eni-1': { groups: ['sg-web', 'sg-debug'] } },
      },
      traffic: ['eni-1 inbound tcp 443 from 203.0.113.5'],
      finds: ['silent-group:sg-debug'],
    },
    {
      title: 'A group that others refer to marks its members',
      account: {
        groups: { 'sg-db': ['inbound tcp 5432 from sg-app'], 'sg-app': ['inbound tcp 8080 from 10.0.0.0/8'] },
        interfaces: {
          'eni-app': { groups: ['sg-app'], addresses: ['10.0.0.1'] },
          'eni-db': { groups: ['sg-db'], addresses: ['10.0.0.2'] },
        },
      },
      traffic: ['eni-db inbound tcp 5432 from 10.0.0.1'],
      finds: [],
    },
  ],
  find: ({ verdicts }) =>
    verdicts.groups
      .filter(
        ({ verdict, rules, referencedBy }) =>
          verdict === 'silent' && rules.unused > 0 && rules.undecided === 0 && referencedBy.length === 0,
      )
      .map(({ group, interfaces, rules }) => ({
        id: `silent-group:${group.id}`,
        kind: 'silent-group',
        severity: 'medium',
        subject: { groupId: group.id, groupName: group.groupName },
        title: `${groupLabel(group)}: on ${interfaces.length} interfaces, and nothing came through it`,
        evidence: {
          interfaces: interfaces.map(({ id }) => id).slice(0, 20),
          attached: interfaces.length,
          rules: rules.unused,
        },
        remediation: 'Take the group off its interfaces, watch for a while, then delete it.',
      })),
};
