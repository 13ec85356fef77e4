/**
 * What somebody means to change of an account: rules of groups, groups on interfaces, entries of prefix lists. A
 * recommendation, a file of rules, a whole other inventory and a Terraform plan all become one of these, and it is what
 * is replayed, certified and written as a patch.
 */
import { isSameJson } from '../inventory/json.ts';
import type {
  InventorySnapshot,
  NetworkInterface,
  PrefixList,
  SecurityGroup,
  SecurityGroupRule,
} from '../inventory/model.ts';
import { ruleTuple } from '../inventory/rule-id.ts';

/** The whole rule set of one group, before and after. Rules that stay as they are have the same id in both. */
export interface GroupChange {
  readonly groupId: string;
  readonly groupName: string;
  readonly vpcId: string | null;
  /** As the newest capture shows them; empty for a group that is to be created. */
  readonly before: readonly SecurityGroupRule[];
  /** Empty for a group that is to be deleted. New rules have the id of their tuple (`ruleIdOf`). */
  readonly after: readonly SecurityGroupRule[];
  readonly fate: 'changed' | 'created' | 'deleted';
}

export interface InterfaceChange {
  readonly interfaceId: string;
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

export interface PrefixListChange {
  readonly prefixListId: string;
  /** null = not known, such as before an apply. */
  readonly before: PrefixList['entries'];
  readonly after: PrefixList['entries'];
}

/** Each list sorted by id, without repeats; what stays as it is is left out. */
export interface ChangeSet {
  readonly groups: readonly GroupChange[];
  readonly interfaces: readonly InterfaceChange[];
  readonly prefixLists: readonly PrefixListChange[];
}

export const NO_CHANGE: ChangeSet = { groups: [], interfaces: [], prefixLists: [] };

export const isEmptyChange = ({ groups, interfaces, prefixLists }: ChangeSet): boolean =>
  groups.length + interfaces.length + prefixLists.length === 0;

/** Rules that a group change adds and takes away, by what they say. */
export function differenceOf({ before, after }: Pick<GroupChange, 'before' | 'after'>): {
  readonly added: readonly SecurityGroupRule[];
  readonly removed: readonly SecurityGroupRule[];
} {
  const [had, has] = [new Set(before.map(ruleTuple)), new Set(after.map(ruleTuple))];
  return {
    added: after.filter((rule) => !had.has(ruleTuple(rule))),
    removed: before.filter((rule) => !has.has(ruleTuple(rule))),
  };
}

/** Replaces the rules of groups that a state has; groups that it lacks are an error of the caller. */
export function rulesChange(
  today: InventorySnapshot,
  rules: ReadonlyMap<string, readonly SecurityGroupRule[]>,
): ChangeSet {
  const groups = today.groups.flatMap((group): GroupChange[] => {
    const after = rules.get(group.id);
    if (after === undefined || isSameRules(group.rules, after)) return [];
    return [toGroupChange(group, after, 'changed')];
  });
  return { ...NO_CHANGE, groups };
}

const toGroupChange = (
  { id, groupName, vpcId, rules }: SecurityGroup,
  after: readonly SecurityGroupRule[],
  fate: GroupChange['fate'],
): GroupChange => ({ groupId: id, groupName, vpcId, before: fate === 'created' ? [] : rules, after, fate });

/** Descriptions do not count: they admit nothing. */
const isSameRules = (before: readonly SecurityGroupRule[], after: readonly SecurityGroupRule[]): boolean => {
  const { added, removed } = differenceOf({ before, after });
  return added.length + removed.length === 0;
};

/** What turns one state into another. Interfaces that only one of them has are no change: nothing is said of them. */
export function changeBetween(today: InventorySnapshot, other: InventorySnapshot): ChangeSet {
  const later = byId(other.groups);
  const earlier = byId(today.groups);
  const groups = [
    ...today.groups.flatMap((group): GroupChange[] => {
      const after = later.get(group.id);
      if (after === undefined) return [toGroupChange(group, [], 'deleted')];
      return isSameRules(group.rules, after.rules) ? [] : [toGroupChange(group, after.rules, 'changed')];
    }),
    ...other.groups.filter(({ id }) => !earlier.has(id)).map((group) => toGroupChange(group, group.rules, 'created')),
  ];
  const otherInterfaces = byId(other.interfaces);
  const interfaces = today.interfaces.flatMap((one): InterfaceChange[] => {
    const after = otherInterfaces.get(one.id);
    if (after === undefined) return [];
    const added = after.groupIds.filter((id) => !one.groupIds.includes(id));
    const removed = one.groupIds.filter((id) => !after.groupIds.includes(id));
    return added.length + removed.length === 0 ? [] : [{ interfaceId: one.id, added, removed }];
  });
  const lists = byId(today.prefixLists);
  const prefixLists = other.prefixLists.flatMap(({ id, entries }): PrefixListChange[] => {
    const before = lists.get(id)?.entries ?? null;
    return isSameJson(before, entries) ? [] : [{ prefixListId: id, before, after: entries }];
  });
  return { groups: groups.sort((a, b) => (a.groupId < b.groupId ? -1 : 1)), interfaces, prefixLists };
}

const byId = <T extends { readonly id: string }>(items: readonly T[]): Map<string, T> =>
  new Map(items.map((item) => [item.id, item]));

/**
 * A state as it would have been had the change been made before it: rules of groups that it has, groups of interfaces
 * that it shows, entries of lists that it knows. Created groups and lists are added, so that interfaces may have them
 * and rules may refer to them.
 */
export function applyChange(snapshot: InventorySnapshot, change: ChangeSet): InventorySnapshot {
  const groups = new Map(change.groups.map((one) => [one.groupId, one]));
  const created = change.groups.filter(({ fate }) => fate === 'created').map(toCreatedGroup);
  const interfaces = new Map(change.interfaces.map((one) => [one.interfaceId, one]));
  const lists = new Map(change.prefixLists.map((one) => [one.prefixListId, one]));
  const known = new Set(snapshot.prefixLists.map(({ id }) => id));
  return {
    ...snapshot,
    groups: [
      ...snapshot.groups.map((group) => {
        const changed = groups.get(group.id);
        return changed === undefined ? group : { ...group, rules: changed.after };
      }),
      ...created.filter(({ id }) => !snapshot.groups.some((group) => group.id === id)),
    ].sort((a, b) => (a.id < b.id ? -1 : 1)),
    interfaces: snapshot.interfaces.map((one) => withGroups(one, interfaces.get(one.id))),
    prefixLists: [
      ...snapshot.prefixLists.map((list) => {
        const changed = lists.get(list.id);
        return changed === undefined ? list : { ...list, entries: changed.after };
      }),
      ...change.prefixLists
        .filter(({ prefixListId, before }) => before === null && !known.has(prefixListId))
        .map(toCreatedList),
    ].sort((a, b) => (a.id < b.id ? -1 : 1)),
  };
}

const withGroups = (one: NetworkInterface, change: InterfaceChange | undefined): NetworkInterface => {
  if (change === undefined) return one;
  const kept = one.groupIds.filter((id) => !change.removed.includes(id));
  return { ...one, groupIds: [...new Set([...kept, ...change.added])].sort() };
};

const toCreatedGroup = ({ groupId, groupName, vpcId, after }: GroupChange): SecurityGroup => ({
  id: groupId,
  groupName,
  description: '',
  accountId: null,
  region: null,
  vpcId,
  rules: after,
  name: null,
  tags: {},
});

const toCreatedList = ({ prefixListId, after }: PrefixListChange): PrefixList => ({
  id: prefixListId,
  prefixListName: '',
  ownerId: null,
  region: null,
  addressFamily: null,
  version: null,
  entries: after,
  name: null,
  tags: {},
});

/**
 * The past with the rules and prefix lists of today: what of the observed traffic would today's configuration admit?
 * Interfaces, their addresses and their groups stay as each capture shows them. Groups that are gone have no rules.
 */
export function withTodaysRules(
  snapshots: readonly InventorySnapshot[],
  today: InventorySnapshot,
): readonly InventorySnapshot[] {
  const groups = byId(today.groups);
  const lists = byId(today.prefixLists);
  return snapshots.map((snapshot) => ({
    ...snapshot,
    groups: snapshot.groups.map((group) => ({ ...group, rules: groups.get(group.id)?.rules ?? [] })),
    prefixLists: snapshot.prefixLists.map((list) => {
      const now = lists.get(list.id);
      return now === undefined ? list : { ...list, version: now.version, entries: now.entries };
    }),
  }));
}
