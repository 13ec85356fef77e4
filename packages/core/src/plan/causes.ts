/** Which resource of a plan makes traffic lose or gain what admits it: the rule itself, else a membership, else a list. */
import type { InventorySnapshot, NetworkInterface, SecurityGroupRule } from '../inventory/model.ts';
import type { ReplayedTraffic } from '../replay/model.ts';
import { membershipKey, type PlanRead } from './model.ts';
import { sameRuleKey } from './rule.ts';

type Traffic = Pick<ReplayedTraffic, 'interfaceId' | 'peer'>;

interface Cause {
  /** Of `PlanRead`, by place in the plan. */
  readonly addresses: readonly string[];
  readonly rules: readonly SecurityGroupRule[];
}

/** What the plan takes away, or what it adds. */
type Side = 'removed' | 'added';

export class Causes {
  readonly #read: PlanRead;
  readonly #interfaces: ReadonlyMap<string, NetworkInterface>;
  readonly #rules: Readonly<Record<Side, ReadonlyMap<string, SecurityGroupRule>>>;
  /** Rules that only one side has, by what they say. */
  readonly #changed: Readonly<Record<Side, ReadonlySet<string>>>;

  constructor(read: PlanRead, today: InventorySnapshot) {
    const { groups } = read.change;
    this.#read = read;
    this.#interfaces = new Map(today.interfaces.map((one) => [one.id, one]));
    const before = today.groups.flatMap(({ rules }) => rules);
    const after = groups.flatMap((group) => group.after);
    this.#rules = { removed: byId(before), added: byId([...before, ...after]) };
    const [had, has] = [groups.flatMap((group) => group.before), after].map((rules) => new Set(rules.map(sameRuleKey)));
    this.#changed = {
      removed: new Set([...(had ?? [])].filter((key) => !has?.has(key))),
      added: new Set([...(has ?? [])].filter((key) => !had?.has(key))),
    };
  }

  of(traffic: Traffic, ruleIds: readonly string[], side: Side): Cause {
    const rules = ruleIds.flatMap((id) => this.#rules[side].get(id) ?? []);
    const addresses = rules.flatMap((rule) => this.#addressesOf(rule, traffic, side));
    return { addresses: [...new Set(addresses)].sort(), rules };
  }

  #addressesOf(rule: SecurityGroupRule, traffic: Traffic, side: Side): readonly string[] {
    const { addresses, change } = this.#read;
    const known = (...keys: readonly string[]): string[] => keys.flatMap((key) => addresses.get(key) ?? []).slice(0, 1);
    if (this.#changed[side].has(sameRuleKey(rule))) return known(rule.id, rule.groupId);
    const moved = change.interfaces.filter((one) => one[side].includes(rule.groupId));
    if (moved.some(({ interfaceId }) => interfaceId === traffic.interfaceId)) {
      return known(membershipKey(traffic.interfaceId, rule.groupId), traffic.interfaceId);
    }
    const { peer } = rule;
    if (peer.kind === 'prefix-list') return known(peer.prefixListId);
    return peer.kind === 'group' ? this.#membersOf(peer.groupId, traffic.peer, side) : [];
  }

  /** Where an interface joined or left a group that the rule refers to: the one that holds the peer's address. */
  #membersOf(groupId: string, address: string, side: Side): readonly string[] {
    const { addresses, change } = this.#read;
    const moved = change.interfaces.filter((one) => one[side].includes(groupId)).map(({ interfaceId }) => interfaceId);
    const holders = moved.filter((id) => this.#interfaces.get(id)?.addresses.includes(address));
    return (holders.length > 0 ? holders : moved).flatMap((id) => addresses.get(membershipKey(id, groupId)) ?? []);
  }
}

const byId = (rules: readonly SecurityGroupRule[]): ReadonlyMap<string, SecurityGroupRule> =>
  new Map(rules.map((rule) => [rule.id, rule]));
