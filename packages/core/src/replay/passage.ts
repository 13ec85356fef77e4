/**
 * What stays of rules on the way from one state to another: from today's to the proposed one, where it tells what the
 * change keeps, and back, where it tells what the change adds.
 *
 * A rule that stays admits the same in every world, whatever the evidence leaves open: so nothing need be known of its
 * peers. It stays where the other state has a rule of the same group that says the same, where no reference of it loses
 * a member, where no list of it loses an entry, and where the interface keeps the group.
 */
import type { ChangeSet, GroupChange, PrefixListChange } from '../change/change-set.ts';
import type { RulePeer, SecurityGroupRule } from '../inventory/model.ts';
import { ruleMeaning } from '../inventory/rule-id.ts';

export class Passage {
  /** Of changed groups: what the rules of the other state say. */
  readonly #after: ReadonlyMap<string, ReadonlySet<string>>;
  /** Groups that lose members, lists that may lose entries. */
  readonly #narrowed: ReadonlySet<string>;
  readonly #lost: ReadonlyMap<string, readonly string[]>;
  readonly #stays = new WeakMap<SecurityGroupRule, boolean>();

  constructor({ groups, interfaces, prefixLists }: ChangeSet) {
    this.#after = new Map(groups.map(({ groupId, after }) => [groupId, new Set(after.map(ruleMeaning))]));
    this.#lost = new Map(interfaces.map(({ interfaceId, removed }) => [interfaceId, removed]));
    this.#narrowed = new Set([
      ...interfaces.flatMap(({ removed }) => removed),
      ...groups.filter(({ fate }) => fate === 'deleted').map(({ groupId }) => groupId),
      ...prefixLists.filter(mayLoseEntries).map(({ prefixListId }) => prefixListId),
    ]);
  }

  /** Whether the rule admits in the other state, at that interface, whatever it admits in this one. */
  stays(rule: SecurityGroupRule, interfaceId: string): boolean {
    return this.#staysInGroup(rule) && this.keepsGroup(interfaceId, rule.groupId);
  }

  #staysInGroup(rule: SecurityGroupRule): boolean {
    const known = this.#stays.get(rule);
    if (known !== undefined) return known;
    const stays = (this.#after.get(rule.groupId)?.has(ruleMeaning(rule)) ?? true) && this.isAsWide(rule.peer);
    this.#stays.set(rule, stays);
    return stays;
  }

  /** Whether the peer means at least the same addresses in the other state. */
  isAsWide(peer: RulePeer): boolean {
    if (peer.kind === 'cidr') return true;
    return !this.#narrowed.has(peer.kind === 'group' ? peer.groupId : peer.prefixListId);
  }

  keepsGroup(interfaceId: string, groupId: string): boolean {
    return !(this.#lost.get(interfaceId)?.includes(groupId) ?? false);
  }
}

/** By their texts: a block that two halves of it replace counts as lost, which leaves open what could be decided. */
function mayLoseEntries({ before, after }: PrefixListChange): boolean {
  if (before === null || after === null) return true;
  const kept = new Set(after.map(({ cidr }) => cidr));
  return before.some(({ cidr }) => !kept.has(cidr));
}

/** The change that undoes a change. */
export function reversed({ groups, interfaces, prefixLists }: ChangeSet): ChangeSet {
  return {
    groups: groups.map((one) => ({ ...one, before: one.after, after: one.before, fate: UNDONE[one.fate] })),
    interfaces: interfaces.map(({ interfaceId, added, removed }) => ({ interfaceId, added: removed, removed: added })),
    prefixLists: prefixLists.map((one) => ({ ...one, before: one.after, after: one.before })),
  };
}

const UNDONE: Readonly<Record<GroupChange['fate'], GroupChange['fate']>> = {
  changed: 'changed',
  created: 'deleted',
  deleted: 'created',
};

/** Whether two peers are written alike. */
export function isSamePeer(a: SecurityGroupRule, b: SecurityGroupRule): boolean {
  return ruleMeaning({ ...PEER_ONLY, peer: a.peer }) === ruleMeaning({ ...PEER_ONLY, peer: b.peer });
}

const PEER_ONLY = { groupId: '', direction: 'inbound', protocol: '-1', fromPort: null, toPort: null } as const;
