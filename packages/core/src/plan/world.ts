/** What a plan opens to the world: ports of groups that every address may reach afterwards, and could not before. */
import { applyChange } from '../change/change-set.ts';
import type { InventorySnapshot, PrefixList, SecurityGroupRule } from '../inventory/model.ts';
import { PortSet } from '../net/port-set.ts';
import { toRuleMatch } from '../security-group/rule-match.ts';
import { membershipKey, type PlanRead } from './model.ts';

export interface Opening {
  readonly rule: SecurityGroupRule;
  readonly groupName: string;
  /** An interface that the plan gives a group which is open already; null where the rule is new. */
  readonly interfaceId: string | null;
  /** `0.0.0.0/0`, `::/0`, or both. */
  readonly blocks: readonly string[];
  readonly address: string | null;
}

type Lists = ReadonlyMap<string, PrefixList['entries']>;

const WORLD = ['0.0.0.0/0', '::/0'];

export const openingsOf = ({ change, addresses }: PlanRead, today: InventorySnapshot): readonly Opening[] => {
  const after = applyChange(today, change);
  const listsBefore: Lists = new Map(today.prefixLists.map(({ id, entries }) => [id, entries]));
  const listsAfter: Lists = new Map([
    ...listsBefore,
    ...change.prefixLists.map((one) => [one.prefixListId, one.after] as const),
  ]);
  const before = new Map(today.groups.map(({ id, rules }) => [id, rules]));
  const ofGroups = after.groups.flatMap(({ id, groupName, rules }) => {
    const had = openPorts(before.get(id) ?? [], listsBefore);
    return rules.flatMap((rule): Opening[] => {
      const blocks = newBlocks(rule, listsAfter, had);
      if (blocks.length === 0) return [];
      const list = rule.peer.kind === 'prefix-list' ? addresses.get(rule.peer.prefixListId) : undefined;
      const address = addresses.get(rule.id) ?? list ?? addresses.get(id) ?? null;
      return [{ rule, groupName, interfaceId: null, blocks, address }];
    });
  });
  const isNew = new Set(ofGroups.map(({ rule }) => rule.id));
  const groups = new Map(after.groups.map((group) => [group.id, group]));
  const ofInterfaces = change.interfaces.flatMap(({ interfaceId, added }) => {
    const groupIds = today.interfaces.find(({ id }) => id === interfaceId)?.groupIds ?? [];
    const had = openPorts(
      groupIds.flatMap((id) => before.get(id) ?? []),
      listsBefore,
    );
    return added.flatMap((groupId) =>
      (groups.get(groupId)?.rules ?? []).flatMap((rule): Opening[] => {
        const blocks = isNew.has(rule.id) ? [] : newBlocks(rule, listsAfter, had);
        if (blocks.length === 0) return [];
        const groupName = groups.get(groupId)?.groupName ?? '';
        const address = addresses.get(membershipKey(interfaceId, groupId)) ?? null;
        return [{ rule, groupName, interfaceId, blocks, address }];
      }),
    );
  });
  return [...ofGroups, ...ofInterfaces];
};

/** Blocks of the world that a rule admits on a port that was not open before. */
const newBlocks = (rule: SecurityGroupRule, lists: Lists, had: OpenPorts): readonly string[] => {
  const { protocol, ports } = toRuleMatch(rule);
  return worldBlocks(rule, lists).filter((block) => {
    if (had.get(`${block} all`) !== undefined) return false;
    const open = protocol === null ? PortSet.EMPTY : (had.get(`${block} ${protocol}`) ?? PortSet.EMPTY);
    return !open.includes(ports);
  });
};

/** By block and protocol, `all` for rules of every protocol. */
type OpenPorts = ReadonlyMap<string, PortSet>;

const openPorts = (rules: readonly SecurityGroupRule[], lists: Lists): OpenPorts => {
  const open = new Map<string, PortSet>();
  for (const rule of rules) {
    const { protocol, ports } = toRuleMatch(rule);
    for (const block of worldBlocks(rule, lists)) {
      const key = `${block} ${protocol ?? 'all'}`;
      open.set(key, (open.get(key) ?? PortSet.EMPTY).union(ports));
    }
  }
  return open;
};

const worldBlocks = ({ direction, peer }: SecurityGroupRule, lists: Lists): readonly string[] => {
  if (direction !== 'inbound' || peer.kind === 'group') return [];
  const cidrs = peer.kind === 'cidr' ? [peer.cidr] : (lists.get(peer.prefixListId) ?? []).map(({ cidr }) => cidr);
  return WORLD.filter((block) => cidrs.includes(block));
};
