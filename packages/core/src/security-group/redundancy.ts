/**
 * Rules that others make unnecessary, found by set algebra over protocol, ports (or ICMP type and code) and peers.
 *
 * A rule is implied if the union of other rules admits everything it admits. Others count if they are of the same
 * group, or of a group that *every* interface with this group also has, as the inventory shows it now. A group
 * reference is implied by the same reference, or by blocks that hold the whole VPC, never by the addresses its members
 * happen to have today; a prefix list is compared by its entries of today, and the lists relied on are named.
 *
 * Two identical rules imply each other, so rules are taken one after the other, narrowest first, and each is compared
 * only with those not yet suggested for removal. What remains then admits everything, so that the suggestions may be
 * followed in any order, all or some of them, without cutting anything.
 */
import type { InventorySnapshot, SecurityGroup, SecurityGroupRule, Vpc } from '../inventory/model.ts';
import { peerText } from '../inventory/rule-id.ts';
import { AddressSet } from '../net/address-set.ts';
import { PortSet } from '../net/port-set.ts';
import { portClassStarts } from './port-classes.ts';
import { ReachResolver } from './reach.ts';
import { type RuleMatch, toRuleMatch } from './rule-match.ts';

export interface Redundancy {
  readonly rule: SecurityGroupRule;
  /** Rules that stay and together admit everything it admits; none can be left out. */
  readonly impliedBy: readonly SecurityGroupRule[];
  /** Prefix lists whose present entries this rests on. */
  readonly restsOn: readonly string[];
  /** Groups other than its own that this rests on every interface having too. */
  readonly acrossGroups: readonly string[];
}

/** One rule as a set. */
interface RuleSet {
  readonly rule: SecurityGroupRule;
  readonly match: RuleMatch;
  /** The same peer by name: a reference or list implies itself whatever its members or entries. */
  readonly symbol: string | null;
  /** What it admits at most; null = not known, so that only the same symbol implies it. */
  readonly upper: AddressSet | null;
  /** What it admits at least, now and later. */
  readonly lower: AddressSet;
}

/** Suggestions in the order in which they were found; any order of following them is safe. */
export function findRedundancies(snapshot: InventorySnapshot): Redundancy[] {
  const kept = new Map(toRuleSets(snapshot).map((set) => [set.rule.id, set]));
  const helpers = helpersByGroup(snapshot);
  const removed: RuleSet[] = [];
  for (const set of [...kept.values()].sort(narrowestFirst)) {
    const others = candidates(set, kept, helpers);
    if (others.length > 0 && isImplied(set, others)) {
      kept.delete(set.rule.id);
      removed.push(set);
    }
  }
  return removed.map((set) => toRedundancy(set, minimal(set, candidates(set, kept, helpers))));
}

/** Drops what is not needed, from the narrowest on. */
function minimal(set: RuleSet, others: readonly RuleSet[]): RuleSet[] {
  let needed = [...others].sort(narrowestFirst);
  for (const other of needed) {
    const without = needed.filter((one) => one !== other);
    if (without.length > 0 && isImplied(set, without)) needed = without;
  }
  return needed.sort((a, b) => (a.rule.id < b.rule.id ? -1 : 1));
}

function toRedundancy({ rule, symbol }: RuleSet, needed: readonly RuleSet[]): Redundancy {
  const lists = [rule, ...needed.map((other) => other.rule)].flatMap(({ peer }) =>
    peer.kind === 'prefix-list' ? [peer.prefixListId] : [],
  );
  const bySymbol = symbol !== null && needed.every((other) => other.symbol === symbol);
  const groups = needed.map((other) => other.rule.groupId).filter((groupId) => groupId !== rule.groupId);
  return {
    rule,
    impliedBy: needed.map((other) => other.rule),
    restsOn: bySymbol ? [] : [...new Set(lists)].sort(),
    acrossGroups: [...new Set(groups)].sort(),
  };
}

/** Whether the union of the others holds the set: for every port that it admits, its peers are among theirs. */
function isImplied(set: RuleSet, others: readonly RuleSet[]): boolean {
  const starts = portClassStarts([set.match.ports, ...others.map(({ match }) => portsFor(set, match))]);
  return starts
    .filter((start) => set.match.ports.contains(start))
    .every((start) => {
      const admitting = others.filter(({ match }) => portsFor(set, match).contains(start));
      if (set.symbol !== null && admitting.some(({ symbol }) => symbol === set.symbol)) return true;
      if (set.upper === null) return false;
      return admitting.reduce((rest, { lower }) => rest.subtract(lower), set.upper).isEmpty();
    });
}

/** A rule for every protocol admits every port, type and code. */
function portsFor(set: RuleSet, other: RuleMatch): PortSet {
  return other.protocol === null || set.match.protocol === null ? PortSet.ALL : other.ports;
}

/** Rules that may help to imply a set. */
function candidates(
  set: RuleSet,
  kept: ReadonlyMap<string, RuleSet>,
  helpers: ReadonlyMap<string, readonly string[]>,
): RuleSet[] {
  const { rule, match, symbol, upper } = set;
  const ruleIds = helpers.get(rule.groupId) ?? [];
  return ruleIds.flatMap((id) => {
    const other = kept.get(id);
    if (!other || id === rule.id || other.rule.direction !== rule.direction) return [];
    if (other.match.protocol !== null && other.match.protocol !== match.protocol) return [];
    const samePeer = symbol !== null && other.symbol === symbol;
    const overlaps = samePeer || (upper !== null && !other.lower.intersect(upper).isEmpty());
    return overlaps ? [other] : [];
  });
}

/** By group: ids of the rules of all groups that every interface with it has, its own included. */
function helpersByGroup(snapshot: InventorySnapshot): Map<string, string[]> {
  const common = new Map<string, Set<string>>();
  for (const { groupIds } of snapshot.interfaces) {
    for (const groupId of groupIds) {
      const known = common.get(groupId);
      common.set(groupId, new Set(groupIds.filter((other) => !known || known.has(other))));
    }
  }
  const groups = new Map(snapshot.groups.map((group) => [group.id, group]));
  const ruleIds = (groupId: string) => groups.get(groupId)?.rules.map(({ id }) => id) ?? [];
  return new Map(snapshot.groups.map(({ id }) => [id, [...new Set([id, ...(common.get(id) ?? [])])].flatMap(ruleIds)]));
}

/** Of equals, the one with the greater id is narrower, so that the older spelling stays. */
function narrowestFirst(a: RuleSet, b: RuleSet): number {
  return (
    Number(a.match.protocol === null) - Number(b.match.protocol === null) ||
    compare(a.upper?.size() ?? 0n, b.upper?.size() ?? 0n) ||
    a.match.ports.size() - b.match.ports.size() ||
    compare(b.rule.id, a.rule.id)
  );
}

function compare<T extends bigint | string>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Rules that admit nothing (an empty list, IPv6 ICMP from an IPv4 block) are left out: nothing implies them. */
function toRuleSets(snapshot: InventorySnapshot): RuleSet[] {
  const resolver = new ReachResolver(snapshot);
  const vpcs = new Map(snapshot.vpcs.map((vpc) => [vpc.id, vpc]));
  const vpcIds = new Map<string, Set<string | null>>();
  for (const { vpcId, groupIds } of snapshot.interfaces) {
    for (const id of groupIds) vpcIds.set(id, (vpcIds.get(id) ?? new Set()).add(vpcId));
  }
  return snapshot.groups.flatMap((group) => {
    const places = [...new Set([group.vpcId, ...(vpcIds.get(group.id) ?? [])])];
    return group.rules
      .map((rule) => toRuleSet(rule, group, places, vpcs, resolver))
      .filter(({ upper, symbol }) => upper === null || !upper.isEmpty() || symbol?.startsWith('sg-'));
  });
}

function toRuleSet(
  rule: SecurityGroupRule,
  group: SecurityGroup,
  places: readonly (string | null)[],
  vpcs: ReadonlyMap<string, Vpc>,
  resolver: ReachResolver,
): RuleSet {
  const match = toRuleMatch(rule);
  const { peer } = rule;
  if (peer.kind !== 'group') {
    const { certain, possible } = resolver.reach(rule, group.vpcId);
    const addresses = certain.union(possible);
    const known = peer.kind === 'cidr' || !addresses.equals(AddressSet.ALL);
    const symbol = peer.kind === 'prefix-list' ? peer.prefixListId : null;
    return { rule, match, symbol, upper: known ? addresses : null, lower: certainOrTyped(match, certain, addresses) };
  }
  const symbol = `${peerText(peer)} ${peer.vpcId ?? ''} ${peer.peeringConnectionId ?? ''}`;
  const upper = places.reduce<AddressSet>(
    (all, vpcId) => all.union(upperOf(rule, vpcId, vpcs, resolver)),
    AddressSet.EMPTY,
  );
  return { rule, match, symbol, upper, lower: AddressSet.EMPTY };
}

/** A rule with an ICMP type admits its peers, if only packets of that type. */
function certainOrTyped(match: RuleMatch, certain: AddressSet, addresses: AddressSet): AddressSet {
  return match.typed ? addresses : certain;
}

/** The blocks of the VPC, where they and the group are known and no client comes in through a Network Load Balancer. */
function upperOf(
  rule: SecurityGroupRule,
  vpcId: string | null,
  vpcs: ReadonlyMap<string, Vpc>,
  resolver: ReachResolver,
): AddressSet {
  const { peer } = rule;
  const vpc = vpcId === null ? undefined : vpcs.get(vpcId);
  if (peer.kind !== 'group' || !vpc || vpc.cidrs.length === 0) return AddressSet.ALL;
  const local = peer.peeringConnectionId === null && (peer.vpcId === null || peer.vpcId === vpcId);
  const { certain, possible } = resolver.reach(rule, vpc.id);
  return local && possible.isEmpty() ? AddressSet.parse(vpc.cidrs).union(certain) : AddressSet.ALL;
}
