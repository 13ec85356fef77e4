/** A rule that refers to something that is gone. */
import type { InventorySnapshot, SecurityGroup, SecurityGroupRule } from '../../inventory/model.ts';
import { formatRule } from '../../security-group/notation.ts';
import { groupLabel } from './describe.ts';
import type { FindingKind } from './finding.ts';

export const staleReference: FindingKind = {
  kind: 'stale-reference',
  summary: 'The rule refers to a group, list or peering connection that admits nobody.',
  explanation:
    'Reported where a referenced group of the same account is not in the inventory or no interface has it, where the ' +
    'peering connection is not active, and where a prefix list has no entries. Groups of other accounts are left ' +
    'alone: their members are not ours to see. A referenced group may get members again, as an Auto Scaling group that ' +
    'is scaled to zero does.',
  examples: [
    {
      title: 'Nobody has the referenced group; the list is empty',
      account: {
        groups: {
          'sg-db': ['inbound tcp 5432 from sg-old', 'inbound tcp 22 from pl-none', 'inbound tcp 5432 from sg-gone'],
          'sg-old': [],
        },
        interfaces: { 'eni-1': { groups: ['sg-db'] } },
        prefixLists: { 'pl-none': [] },
      },
      finds: ['stale-reference:sgr-db-1', 'stale-reference:sgr-db-2', 'stale-reference:sgr-db-3'],
    },
    {
      title: 'A reference with members',
      account: {
        groups: { 'sg-db': ['inbound tcp 5432 from sg-app'], 'sg-app': [] },
        interfaces: { 'eni-1': { groups: ['sg-db'] }, 'eni-2': { groups: ['sg-app'] } },
      },
      finds: [],
    },
  ],
  find: ({ snapshot }) => {
    const why = reasoner(snapshot);
    return snapshot.groups.flatMap((group) =>
      group.rules.flatMap((rule) => {
        const reason = why(rule, group);
        if (reason === null) return [];
        return {
          id: `stale-reference:${rule.id}`,
          kind: 'stale-reference',
          severity: 'low' as const,
          subject: { ruleId: rule.id, groupId: group.id, groupName: group.groupName },
          title: `${groupLabel(group)}: "${formatRule(rule)}" admits nobody, ${reason}`,
          evidence: { rule: formatRule(rule), reason },
          remediation: 'Remove the rule, or point it to what it was meant for.',
        };
      }),
    );
  },
};

function reasoner(snapshot: InventorySnapshot): (rule: SecurityGroupRule, group: SecurityGroup) => string | null {
  const groups = new Set(snapshot.groups.map(({ id }) => id));
  const attached = new Set(snapshot.interfaces.flatMap(({ groupIds }) => groupIds));
  const peerings = new Map(snapshot.peerings.map(({ id, status }) => [id, status]));
  const empty = new Set(snapshot.prefixLists.filter(({ entries }) => entries?.length === 0).map(({ id }) => id));
  return ({ peer }, group) => {
    if (peer.kind === 'cidr') return null;
    if (peer.kind === 'prefix-list')
      return empty.has(peer.prefixListId) ? `as ${peer.prefixListId} has no entries` : null;
    const { groupId, peeringConnectionId } = peer;
    const status = peeringConnectionId && (peerings.get(peeringConnectionId) ?? peer.peeringStatus);
    if (status && status !== 'active') return `as ${peeringConnectionId} is ${status}`;
    if (peer.accountId !== null && peer.accountId !== group.accountId) return null;
    if (attached.has(groupId) || groupId === group.id) return null;
    return groups.has(groupId) ? `as no interface has ${groupId}` : `as the inventory has no ${groupId}`;
  };
}
