/** `--inventory`: a whole other state. Of what it does not cover, nothing is said: it must not look deleted. */
import { changeBetween } from '@flowfit/core/change/change-set';
import type { InventorySnapshot, PrefixList } from '@flowfit/core/inventory/model';
import type { ReadChange } from './change-source.ts';
import { asToday } from './todays-rules.ts';

export const changeToInventory = (today: InventorySnapshot, other: InventorySnapshot): ReadChange => {
  const covered = new Set(other.groups.flatMap(({ vpcId }) => vpcId ?? []));
  const named = new Set(other.groups.map(({ id }) => id));
  const isCovered = ({ id, vpcId }: { readonly id: string; readonly vpcId: string | null }): boolean =>
    named.has(id) || (vpcId !== null && covered.has(vpcId));
  const left = today.groups.filter((group) => !isCovered(group));
  const known = new Map(today.groups.map((group) => [group.id, group]));
  const lists = new Map(today.prefixLists.map((list) => [list.id, list]));
  const change = changeBetween(
    { ...today, groups: today.groups.filter(isCovered) },
    {
      ...other,
      groups: other.groups.map((group) => ({ ...group, rules: asToday(known.get(group.id) ?? group, group.rules) })),
      prefixLists: other.prefixLists.filter((list) => isTold(list, lists.get(list.id))),
    },
  );
  return { change, remarks: left.length === 0 ? [] : [remarkOn(left)] };
};

/** The other state may not have asked for the entries of a list whose version has not changed. */
const isTold = ({ entries, version }: PrefixList, today: PrefixList | undefined): boolean =>
  entries !== null || (today !== undefined && version !== null && version !== today.version);

const remarkOn = (groups: InventorySnapshot['groups']): string => {
  const vpcs = [...new Set(groups.map(({ vpcId }) => vpcId ?? 'an unknown VPC'))].sort();
  const shown = vpcs.slice(0, 5).join(', ');
  const more = vpcs.length > 5 ? ` and ${vpcs.length - 5} more` : '';
  return (
    `The other inventory does not cover ${shown}${more}: ${groups.length === 1 ? 'a group' : `${groups.length} groups`} ` +
    'there are taken to stay as they are.'
  );
};
