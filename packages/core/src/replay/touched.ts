/** Groups whose rules mean something else after a change. */
import type { ChangeSet } from '../change/change-set.ts';
import type { InventorySnapshot, SecurityGroupRule } from '../inventory/model.ts';

/** Those with other rules, and those with a rule that refers to a list or to a group with other members. */
export function touchedGroups(today: InventorySnapshot, { groups, interfaces, prefixLists }: ChangeSet): Set<string> {
  const peers = new Set([
    ...interfaces.flatMap(({ added, removed }) => [...added, ...removed]),
    ...prefixLists.map(({ prefixListId }) => prefixListId),
    ...groups.filter(({ fate }) => fate !== 'changed').map(({ groupId }) => groupId),
  ]);
  const refers = ({ peer }: SecurityGroupRule): boolean =>
    (peer.kind === 'group' && peers.has(peer.groupId)) || (peer.kind === 'prefix-list' && peers.has(peer.prefixListId));
  return new Set([
    ...groups.map(({ groupId }) => groupId),
    ...today.groups.filter(({ rules }) => rules.some(refers)).map(({ id }) => id),
  ]);
}
