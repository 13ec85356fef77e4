/** A group that no interface has. */
import { groupLabel } from './describe.ts';
import type { FindingKind } from './finding.ts';

/** EC2 does not let it be deleted. */
const UNDELETABLE = 'default';

export const unattachedGroup: FindingKind = {
  kind: 'unattached-group',
  summary: 'No network interface has the group, and no other group refers to it.',
  explanation:
    'Every interface of the inventory counts, not only those of instances: Lambda functions, load balancers, endpoints, ' +
    'databases. A group that another group refers to is left alone (see stale-reference), and so is the default group ' +
    'of a VPC, which cannot be deleted. Launch templates, Auto Scaling groups and idle Lambda functions may name a ' +
    'group without any interface having it now: the inventory does not hold those.',
  examples: [
    {
      title: 'A group of nobody',
      account: { groups: { 'sg-old': ['inbound tcp 22 from 10.0.0.0/8'] } },
      finds: ['unattached-group:sg-old'],
    },
    {
      title: 'A function, a reference from elsewhere, and the default group keep groups alive',
      account: {
        groups: { 'sg-lambda': [], 'sg-named': [], 'sg-db': ['inbound tcp 5432 from sg-named'], 'sg-default': [] },
        interfaces: {
          'eni-1': { groups: ['sg-lambda'], type: 'lambda' },
          'eni-2': { groups: ['sg-db'] },
        },
      },
      finds: [],
    },
  ],
  find: ({ verdicts, snapshot }) => {
    const attachedNow = new Set(snapshot.interfaces.flatMap(({ groupIds }) => groupIds));
    return verdicts.groups
      .filter(({ verdict, group }) => verdict === 'unattached' && !attachedNow.has(group.id))
      .filter(({ group, referencedBy }) => referencedBy.length === 0 && group.groupName !== UNDELETABLE)
      .map(({ group }) => ({
        id: `unattached-group:${group.id}`,
        kind: 'unattached-group',
        severity: 'low',
        subject: { groupId: group.id, groupName: group.groupName },
        title: `${groupLabel(group)}: no interface has this group`,
        evidence: { rules: group.rules.length, vpcId: group.vpcId },
        remediation: 'Check launch templates and functions for the group; otherwise delete it.',
      }));
  },
};
