/**
 * A plan on its way to a change set. Resources put in what they add and take away, in any order; at the end that is
 * applied to the inventory. What one resource takes away and another adds (a rule that moves from a group's own list to
 * a resource of its own) stays.
 */
import type { ChangeSet, GroupChange, InterfaceChange, PrefixListChange } from '../change/change-set.ts';
import { isSameJson } from '../inventory/json.ts';
import type { InventorySnapshot, PrefixList, SecurityGroup, SecurityGroupRule } from '../inventory/model.ts';
import { findOrMake } from '../multimap.ts';
import { membershipKey, type PlanProblem, type PlanProblemCode, type PlanRead } from './model.ts';
import { sameRuleKey } from './rule.ts';

/** A rule that goes: by AWS's id where the plan names it, else by what it says. */
export interface RemovedRule {
  readonly rule: SecurityGroupRule;
  readonly id: string | null;
}

interface GroupDraft {
  readonly added: Map<string, SecurityGroupRule>;
  readonly removed: RemovedRule[];
  /** Directions of which nothing of today stays. */
  readonly emptied: Set<SecurityGroupRule['direction']>;
  fate: GroupChange['fate'];
}

interface PlannedGroup {
  readonly id: string;
  readonly groupName: string;
  readonly vpcId: string | null;
}

type Entries = NonNullable<PrefixList['entries']>;

export class PlanDraft {
  readonly today: InventorySnapshot;
  readonly #groupsToday: ReadonlyMap<string, SecurityGroup>;
  readonly #groups = new Map<string, GroupDraft>();
  readonly #created = new Map<string, PlannedGroup>();
  readonly #joined = new Map<string, Set<string>>();
  readonly #left = new Map<string, Set<string>>();
  readonly #entries = new Map<string, { added: Entries[number][]; removed: Set<string>; whole: Entries | null }>();
  readonly #addresses = new Map<string, string>();
  readonly #problems: PlanProblem[] = [];
  readonly #ignored = new Map<string, number>();
  readonly #unseen = new Map<string, number>();
  /** Ids of existing groups that the plan names as its own, changed or not, with the account where it tells one. */
  readonly named = new Map<string, string | null>();

  constructor(today: InventorySnapshot) {
    this.today = today;
    this.#groupsToday = new Map(today.groups.map((group) => [group.id, group]));
  }

  problem(code: PlanProblemCode, address: string, message: string): void {
    const isRepeat = this.#problems.some((one) => one.address === address && one.message === message);
    if (!isRepeat) this.#problems.push({ code, address, message });
  }

  ignore(type: string): void {
    this.#ignored.set(type, (this.#ignored.get(type) ?? 0) + 1);
  }

  noteUnseen(type: string): void {
    this.#unseen.set(type, (this.#unseen.get(type) ?? 0) + 1);
  }

  /** VPC of a group that exists or is to be created; null where it is not known. */
  vpcOf(groupId: string): string | null {
    return (this.#groupsToday.get(groupId) ?? this.#created.get(groupId))?.vpcId ?? null;
  }

  /** Whether the group exists, or will. Reports it where neither is known. */
  knows(groupId: string, address: string): boolean {
    if (this.#groupsToday.has(groupId) || this.#created.has(groupId)) return true;
    this.problem(
      'plan-group-unknown',
      address,
      `The inventory does not hold ${groupId}: what the plan does to it was left out.`,
    );
    return false;
  }

  createGroup(group: PlannedGroup, address: string): void {
    this.#created.set(group.id, group);
    this.#draftOf(group.id).fate = 'created';
    this.#address(group.id, address);
  }

  deleteGroup(groupId: string, address: string): void {
    if (!this.knows(groupId, address)) return;
    this.#draftOf(groupId).fate = 'deleted';
    this.#address(groupId, address);
  }

  addRule(rule: SecurityGroupRule, address: string): void {
    if (!this.knows(rule.groupId, address)) return;
    this.#draftOf(rule.groupId).added.set(sameRuleKey(rule), rule);
    this.#address(rule.id, address);
  }

  removeRule(removed: RemovedRule, address: string): void {
    const { rule, id } = removed;
    if (!this.knows(rule.groupId, address)) return;
    this.#draftOf(rule.groupId).removed.push(removed);
    const found = this.#findRule(removed);
    if (found !== undefined) {
      this.#address(found.id, address);
      return;
    }
    this.problem(
      'plan-inventory-differs',
      address,
      `The plan takes ${id ?? `a rule (${sameRuleKey(rule)})`} away, which the newest capture of ${rule.groupId} does not ` +
        'have: capture the inventory again, if the plan is newer.',
    );
  }

  /** Takes away all rules of today of one direction. */
  emptyGroup(groupId: string, direction: SecurityGroupRule['direction'], address: string): void {
    if (!this.knows(groupId, address)) return;
    this.#draftOf(groupId).emptied.add(direction);
    this.#address(groupId, address);
    for (const rule of this.#groupsToday.get(groupId)?.rules ?? []) {
      if (rule.direction === direction) this.#address(rule.id, address);
    }
  }

  /** The address of a group's own resource. */
  noteGroup(groupId: string, address: string): void {
    this.#address(groupId, address);
  }

  join(interfaceId: string, groupId: string, address: string): void {
    findOrMake(this.#joined, interfaceId, () => new Set<string>()).add(groupId);
    this.#address(interfaceId, address);
    this.#address(membershipKey(interfaceId, groupId), address);
  }

  leave(interfaceId: string, groupId: string, address: string): void {
    findOrMake(this.#left, interfaceId, () => new Set<string>()).add(groupId);
    this.#address(interfaceId, address);
    this.#address(membershipKey(interfaceId, groupId), address);
  }

  setEntries(prefixListId: string, entries: Entries, address: string): void {
    this.#entriesOf(prefixListId).whole = entries;
    this.#address(prefixListId, address);
  }

  addEntry(prefixListId: string, entry: Entries[number], address: string): void {
    this.#entriesOf(prefixListId).added.push(entry);
    this.#address(prefixListId, address);
  }

  removeEntry(prefixListId: string, cidr: string, address: string): void {
    this.#entriesOf(prefixListId).removed.add(cidr);
    this.#address(prefixListId, address);
  }

  result(): PlanRead {
    const change: ChangeSet = {
      groups: [...this.#groups].flatMap(([id, draft]) => this.#groupChange(id, draft)).sort(by('groupId')),
      interfaces: this.#interfaceChanges(),
      prefixLists: [...this.#entries.keys()].flatMap((id) => this.#listChange(id)).sort(by('prefixListId')),
    };
    return {
      change,
      addresses: this.#addresses,
      problems: this.#problems,
      ignored: sorted(this.#ignored),
      unseen: sorted(this.#unseen),
    };
  }

  #address(id: string, address: string): void {
    if (!this.#addresses.has(id)) this.#addresses.set(id, address);
  }

  #draftOf(groupId: string): GroupDraft {
    return findOrMake(this.#groups, groupId, () => ({
      added: new Map<string, SecurityGroupRule>(),
      removed: [],
      emptied: new Set<SecurityGroupRule['direction']>(),
      fate: 'changed',
    }));
  }

  #entriesOf(prefixListId: string) {
    return findOrMake(this.#entries, prefixListId, () => ({ added: [], removed: new Set<string>(), whole: null }));
  }

  #findRule({ rule, id }: RemovedRule): SecurityGroupRule | undefined {
    const rules = this.#groupsToday.get(rule.groupId)?.rules ?? [];
    const key = sameRuleKey(rule);
    return rules.find((one) => one.id === id) ?? rules.find((one) => sameRuleKey(one) === key);
  }

  #groupChange(groupId: string, { added, removed, emptied, fate }: GroupDraft): GroupChange[] {
    const group = this.#groupsToday.get(groupId) ?? this.#created.get(groupId);
    if (group === undefined) return [];
    const before = this.#groupsToday.get(groupId)?.rules ?? [];
    const gone = new Set(removed.flatMap((one) => this.#findRule(one)?.id ?? []));
    const kept = before.filter(
      (rule) => added.has(sameRuleKey(rule)) || !(gone.has(rule.id) || emptied.has(rule.direction)),
    );
    const standing = new Set(kept.map(sameRuleKey));
    const fresh = [...added].filter(([key]) => !standing.has(key)).map(([, rule]) => rule);
    if (fate === 'changed' && kept.length === before.length && fresh.length === 0) return [];
    const { groupName, vpcId } = group;
    return [
      { groupId, groupName, vpcId, before, after: fate === 'deleted' ? [] : [...kept, ...fresh].sort(by('id')), fate },
    ];
  }

  #interfaceChanges(): InterfaceChange[] {
    return this.today.interfaces
      .flatMap(({ id, groupIds }): InterfaceChange[] => {
        const joined = this.#joined.get(id) ?? new Set<string>();
        const added = [...joined].filter((groupId) => !groupIds.includes(groupId)).sort();
        const left = this.#left.get(id) ?? new Set<string>();
        const removed = groupIds.filter((groupId) => left.has(groupId) && !joined.has(groupId));
        return added.length + removed.length === 0 ? [] : [{ interfaceId: id, added, removed }];
      })
      .sort(by('interfaceId'));
  }

  #listChange(prefixListId: string): PrefixListChange[] {
    const { added, removed, whole } = this.#entriesOf(prefixListId);
    const before = this.today.prefixLists.find(({ id }) => id === prefixListId)?.entries ?? null;
    const base = whole ?? before;
    if (base === null) {
      const address = this.#addresses.get(prefixListId) ?? prefixListId;
      this.problem(
        'plan-value-unknown',
        address,
        `The entries of ${prefixListId} are not known, so what it holds afterwards is not either.`,
      );
      return [{ prefixListId, before, after: null }];
    }
    const byCidr = new Map([...base, ...added].map((entry) => [entry.cidr, entry]));
    for (const cidr of removed) if (!added.some((entry) => entry.cidr === cidr)) byCidr.delete(cidr);
    const after = [...byCidr.values()].sort(by('cidr'));
    const isSame = before !== null && isSameJson(cidrsOf(before), cidrsOf(after));
    return isSame ? [] : [{ prefixListId, before, after }];
  }
}

const cidrsOf = (entries: Entries): string[] => entries.map(({ cidr }) => cidr).sort();

const by =
  <K extends string>(key: K) =>
  (a: Readonly<Record<K, string>>, b: Readonly<Record<K, string>>): number =>
    a[key] < b[key] ? -1 : a[key] > b[key] ? 1 : 0;

const sorted = (counts: ReadonlyMap<string, number>): Record<string, number> =>
  Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
