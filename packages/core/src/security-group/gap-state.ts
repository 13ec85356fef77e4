/**
 * What is known of one gap between captures: the states that the captures around it show, and what is thinkable beside.
 *
 *   certain    what both captures show the same; where captures of one side are missing, what the other one shows, as
 *              far as something proves that it held on (see `Lives`)
 *   possible   what only one of two captures shows; what short-lived interfaces that no capture shows may have been:
 *              any address of a VPC that no interface certainly held may have been that of a member of any group
 *
 * `docs/explanation/how-a-verdict-is-reached.md` names the assumptions.
 */
import { isSameJson } from '../inventory/json.ts';
import type {
  InventorySnapshot,
  NetworkInterface,
  PeeringConnection,
  PrefixList,
  SecurityGroup,
  SecurityGroupRule,
} from '../inventory/model.ts';
import { ruleMeaning } from '../inventory/rule-id.ts';
import { placeOf } from '../inventory/timeline.ts';
import { AddressPartition } from '../net/address-partition.ts';
import { AddressSet } from '../net/address-set.ts';
import { DOUBT } from './doubt.ts';
import { AFTER, BEFORE, BOTH, Evaluator, type RuleState } from './evaluator.ts';
import type { DoubtfulAddresses, PeerReach, PeerReachResolver, SharedSets } from './peer-reach.ts';
import { type GroupPeer, ReachResolver } from './reach.ts';
import { toRuleMatch } from './rule-match.ts';

export interface States {
  readonly before: InventorySnapshot;
  readonly after: InventorySnapshot;
}

/** Ids of interfaces whose own records show that they existed all the time before, or after, the captures. */
export interface Steady {
  readonly before: ReadonlySet<string>;
  readonly after: ReadonlySet<string>;
}

export const NOBODY_STEADY: Steady = { before: new Set(), after: new Set() };

/** An object of the two states; `undefined` where a state lacks it. */
interface Pair<T> {
  readonly before: T | undefined;
  readonly after: T | undefined;
}

export class GapState implements PeerReachResolver {
  readonly states: States;
  readonly evaluator: Evaluator;
  readonly #interfaces: ReadonlyMap<string, Pair<NetworkInterface>>;
  /** Rules by group, each with the states that have it. */
  readonly #rules: ReadonlyMap<string, readonly RuleState[]>;
  readonly #shown: readonly ReachResolver[];
  readonly #certain: ReachResolver;
  readonly #lists: ReadonlyMap<string, Pair<PrefixList>>;
  readonly #groups: ReadonlyMap<string, SecurityGroup>;
  /** VPCs whose place has captures on both sides. */
  readonly #bracketedVpcs: ReadonlySet<string | null>;
  readonly #strangers: ReadonlyMap<string, AddressSet>;
  #shared: SharedSets | null = null;
  readonly #groupsOfVpc = new Map<string | null, readonly string[]>();

  constructor(states: States, steady: Steady) {
    this.states = states;
    const { before, after } = states;
    this.#interfaces = pairsOf(before.interfaces, after.interfaces);
    this.#lists = pairsOf(before.prefixLists, after.prefixLists);
    this.#groups = new Map([...after.groups, ...before.groups].map((group) => [group.id, group]));
    this.#rules = rulesOf(before.groups, after.groups);
    const covers = (state: InventorySnapshot) => new Set(state.interfaces.map(placeOf));
    const covered = { before: covers(before), after: covers(after) };
    this.#bracketedVpcs = new Set(
      [...before.interfaces, ...after.interfaces]
        .filter((one) => covered.before.has(placeOf(one)) && covered.after.has(placeOf(one)))
        .map(({ vpcId }) => vpcId),
    );
    this.#shown =
      before === after ? [new ReachResolver(before)] : [before, after].map((state) => new ReachResolver(state));
    this.#certain = new ReachResolver({
      ...before,
      groups: [...this.#groups.values()],
      interfaces: [...this.#interfaces.values()].flatMap((pair) => certainInterface(pair, covered, steady) ?? []),
      prefixLists: [...this.#lists.values()].map((pair) => certainList(pair, states)),
      peerings: [...pairsOf(before.peerings, after.peerings).values()].map((pair) => certainPeering(pair, states)),
    });
    this.#strangers = this.#strangersByVpc();
    this.evaluator = new Evaluator(this.#rules, this);
  }

  /** The interface in the states before and after. */
  interfaceOf(id: string): Pair<NetworkInterface> | undefined {
    return this.#interfaces.get(id);
  }

  /** Every group that an interface of the VPC may have: those of the VPC, and those seen on interfaces in it. */
  groupsIn(vpcId: string | null): readonly string[] {
    const known = this.#groupsOfVpc.get(vpcId);
    if (known) return known;
    const own = [...this.#groups.values()].filter(
      (group) => vpcId === null || group.vpcId === null || group.vpcId === vpcId,
    );
    const seen = [...this.states.before.interfaces, ...this.states.after.interfaces].filter(
      (one) => vpcId === null || one.vpcId === vpcId,
    );
    const ids = [...new Set([...own.map(({ id }) => id), ...seen.flatMap(({ groupIds }) => groupIds)])].sort();
    this.#groupsOfVpc.set(vpcId, ids);
    return ids;
  }

  /** The rules of a group, in either state. */
  rulesOf(groupId: string): readonly RuleState[] {
    return this.#rules.get(groupId) ?? [];
  }

  peersOf(rule: SecurityGroupRule, vpcId: string | null): PeerReach {
    const { certain } = this.#certain.reachOfPeer(rule, vpcId);
    const { peer } = rule;
    if (peer.kind === 'group') {
      return { certain, possible: ofFamily(rule, this.#possibleMembers(peer, rule.direction, vpcId)) };
    }
    const possible = this.#statesKnowing(rule).flatMap((resolver): DoubtfulAddresses[] => {
      const shown = resolver.reachOfPeer(rule, vpcId);
      const doubt = peer.kind === 'cidr' ? DOUBT.layout : DOUBT.entries;
      return [
        { addresses: shown.certain.subtract(certain), doubt },
        { addresses: shown.possible, doubt },
      ];
    });
    const unseen = peer.kind === 'prefix-list' ? this.#unseenEntries(peer.prefixListId) : [];
    return { certain, possible: [...possible, ...ofFamily(rule, unseen)] };
  }

  /** The states that hold the list that the rule refers to; all where none does. */
  #statesKnowing({ peer }: SecurityGroupRule): readonly ReachResolver[] {
    const { before, after } = (peer.kind === 'prefix-list' ? this.#lists.get(peer.prefixListId) : undefined) ?? {};
    if (this.#shown.length === 1 || (before === undefined) === (after === undefined)) return this.#shown;
    return before === undefined ? this.#shown.slice(1) : this.#shown.slice(0, 1);
  }

  /**
   * In each VPC that the reference may mean, the addresses of members that either state shows, and those of members that
   * no capture shows.
   */
  #possibleMembers(
    peer: GroupPeer,
    direction: SecurityGroupRule['direction'],
    vpcId: string | null,
  ): DoubtfulAddresses[] {
    const places = this.#placesOf(peer, direction, vpcId);
    return Array.from(places, ([place, doubt]) => {
      const members = place === null ? [] : this.#shown.map((resolver) => resolver.reachOfMembers(peer.groupId, place));
      const isBalanced =
        place !== null &&
        direction === 'inbound' &&
        this.#shown.some((resolver) => resolver.hasNetworkLoadBalancer(peer.groupId, place));
      return [
        ...members.map((addresses) => ({ addresses, doubt: doubt || DOUBT.member })),
        { addresses: place === null ? LIKELY_ADDRESSES : this.#strangersIn(place), doubt: doubt | DOUBT.stranger },
        ...(isBalanced ? [{ addresses: AddressSet.ALL, doubt: DOUBT.client }] : []),
      ];
    }).flat();
  }

  /** The VPCs that a reference may mean, each with the doubts of that; null = it is not known which. */
  #placesOf(
    peer: GroupPeer,
    direction: SecurityGroupRule['direction'],
    vpcId: string | null,
  ): Map<string | null, number> {
    const places = new Map<string | null, number>();
    const kinds = this.#shown.map((resolver) => resolver.placeOf(peer, vpcId, direction));
    // A connection that is up in one state only was up for a part of the time.
    const isPartly = kinds.some(({ kind }) => kind === 'none');
    for (const place of kinds) {
      if (place.kind === 'none') continue;
      const key = place.kind === 'vpc' ? place.vpcId : null;
      const isSure = place.kind === 'vpc' && place.sure && !isPartly && this.#knowsGroup(peer.groupId);
      places.set(key, isSure ? (places.get(key) ?? 0) : DOUBT.reachability);
    }
    // A group of another account may be anywhere that a transit gateway or a peering connection leads to.
    if (!this.#knowsGroup(peer.groupId) && places.size > 0) places.set(null, DOUBT.reachability);
    if (vpcId === null) return places;
    for (const other of this.#otherPlaces(peer, direction, vpcId)) {
      if (!places.has(other)) places.set(other, DOUBT.reachability);
    }
    return places;
  }

  #knowsGroup(groupId: string): boolean {
    return this.#shown.some((resolver) => resolver.knowsGroup(groupId));
  }

  /**
   * VPCs that the reference may have meant though no capture says so: that of the referenced group, over a transit
   * gateway (inbound only); the other end of a peering connection that was not active at a capture, but may have been
   * where captures of one side are missing.
   */
  #otherPlaces(peer: GroupPeer, direction: SecurityGroupRule['direction'], vpcId: string): string[] {
    const home = this.#groups.get(peer.groupId)?.vpcId ?? null;
    if (peer.peeringConnectionId === null) {
      return direction === 'inbound' && peer.vpcId === null && home !== null && home !== vpcId ? [home] : [];
    }
    if (this.#bracketedVpcs.has(vpcId)) return [];
    const peering = [...this.states.before.peerings, ...this.states.after.peerings].find(
      ({ id }) => id === peer.peeringConnectionId,
    );
    const ends = [peering?.requesterVpcId, peering?.accepterVpcId];
    const isAcrossRegions =
      peering?.requesterRegion != null &&
      peering.accepterRegion != null &&
      peering.requesterRegion !== peering.accepterRegion;
    if (isAcrossRegions) return [];
    const other = peer.vpcId ?? home ?? (ends[0] === vpcId ? ends[1] : ends[0]) ?? null;
    return other === null ? [] : [other];
  }

  get shared(): SharedSets {
    this.#shared ??= shareSets([...this.#strangers.values(), LIKELY_ADDRESSES]);
    return this.#shared;
  }

  #strangersIn(vpcId: string): AddressSet {
    return this.#strangers.get(vpcId) ?? LIKELY_ADDRESSES;
  }

  /** By VPC: its addresses that no interface certainly held all the time. */
  #strangersByVpc(): Map<string, AddressSet> {
    const { before, after } = this.states;
    const blocks = new Map<string, string[]>();
    const held = new Map<string, string[]>();
    for (const { id, cidrs } of [...before.vpcs, ...after.vpcs]) append(blocks, id, cidrs);
    const known = new Set([...before.vpcs, ...after.vpcs].filter(({ cidrs }) => cidrs.length > 0).map(({ id }) => id));
    for (const { vpcId, cidrs } of [...before.subnets, ...after.subnets]) append(blocks, vpcId, cidrs);
    for (const pair of this.#interfaces.values()) {
      const one = (pair.before ?? pair.after) as NetworkInterface;
      append(blocks, one.vpcId, [...addressesOf(one), ...(pair.after ? addressesOf(pair.after) : [])]);
      if (!pair.before || !pair.after || !this.#bracketedVpcs.has(one.vpcId)) continue;
      const later = pair.before === pair.after ? null : addressesOf(pair.after);
      append(
        held,
        one.vpcId,
        later ? [...addressesOf(pair.before)].filter((text) => later.has(text)) : addressesOf(one),
      );
    }
    return new Map(
      Array.from(blocks, ([vpcId, texts]) => {
        const space = AddressSet.parse(texts);
        const all = known.has(vpcId) ? space : space.union(LIKELY_ADDRESSES);
        return [vpcId, all.subtract(AddressSet.parse(held.get(vpcId) ?? []))];
      }),
    );
  }

  /** Addresses that may have been in the list though no capture says so. */
  #unseenEntries(listId: string): DoubtfulAddresses[] {
    const { before, after } = this.#lists.get(listId) ?? { before: undefined, after: undefined };
    const list = before ?? after;
    if (list === undefined || list.ownerId === AWS) return [];
    const all = FAMILY[list.addressFamily ?? ''] ?? AddressSet.ALL;
    if (before && after) {
      const steps = Math.abs((after.version ?? 0) - (before.version ?? 0));
      return steps > 1 ? [{ addresses: all, doubt: DOUBT.entries }] : [];
    }
    // Before a capture of its first version there were no others; after it, anything may have come.
    return list.version === 1 && before === undefined ? [] : [{ addresses: all, doubt: DOUBT.otherEntries }];
  }
}

/** A rule for ICMP or ICMPv6 admits packets of one family only. */
function ofFamily(rule: SecurityGroupRule, possible: readonly DoubtfulAddresses[]): readonly DoubtfulAddresses[] {
  const { family } = toRuleMatch(rule);
  if (family === null) return possible;
  const all = family === 4 ? AddressSet.ALL_IPV4 : AddressSet.ALL_IPV6;
  return possible.map(({ addresses, doubt }) => ({ addresses: addresses.intersect(all), doubt }));
}

const AWS = 'AWS';

const FAMILY: Readonly<Record<string, AddressSet>> = { IPv4: AddressSet.ALL_IPV4, IPv6: AddressSet.ALL_IPV6 };

/** What an interface of a VPC may have where the inventory does not hold the VPC's blocks. */
const LIKELY_ADDRESSES = AddressSet.parse(['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10']).union(
  AddressSet.ALL_IPV6,
);

function pairsOf<T extends { readonly id: string }>(before: readonly T[], after: readonly T[]): Map<string, Pair<T>> {
  const pairs = new Map<string, Pair<T>>(before.map((value) => [value.id, { before: value, after: undefined }]));
  for (const value of after) pairs.set(value.id, { before: pairs.get(value.id)?.before, after: value });
  return pairs;
}

function shareSets(sets: readonly AddressSet[]): SharedSets {
  const partition = new AddressPartition(sets);
  const indexes = new Map(sets.map((set, index) => [set, index]));
  return {
    classes: partition.classes,
    classOf: (address) => Math.max(0, partition.classOf(address)),
    indexOf: (set) => indexes.get(set) ?? -1,
  };
}

function append(lists: Map<string, string[]>, vpcId: string | null, texts: Iterable<string>): void {
  if (vpcId === null) return;
  const known = lists.get(vpcId);
  if (known) known.push(...texts);
  else lists.set(vpcId, [...texts]);
}

const addressesOf = ({ addresses, prefixes }: NetworkInterface): Set<string> => new Set([...addresses, ...prefixes]);

type Covered = { readonly before: ReadonlySet<string>; readonly after: ReadonlySet<string> };

/** What an interface certainly was all through the gap; null = nothing. */
function certainInterface(
  { before, after }: Pair<NetworkInterface>,
  covered: Covered,
  steady: Steady,
): NetworkInterface | null {
  if (before && after) {
    if (before === after) return before;
    const [addresses, prefixes, groups] = [new Set(after.addresses), new Set(after.prefixes), new Set(after.groupIds)];
    return {
      ...before,
      addresses: before.addresses.filter((address) => addresses.has(address)),
      prefixes: before.prefixes.filter((prefix) => prefixes.has(prefix)),
      groupIds: before.groupIds.filter((id) => groups.has(id)),
    };
  }
  const one = (before ?? after) as NetworkInterface;
  const [other, proof] = before ? (['after', steady.after] as const) : (['before', steady.before] as const);
  if (covered[other].has(placeOf(one)) || !proof.has(one.id)) return null;
  return { ...one, addresses: one.addresses.slice(0, 1), prefixes: [] };
}

/** Entries that both captures show; all, where the place has a capture on one side only. */
function certainList({ before, after }: Pair<PrefixList>, states: States): PrefixList {
  const one = (before ?? after) as PrefixList;
  if (!before || !after) return isOneSided(states) ? one : { ...one, entries: [] };
  if (isSameJson(before.entries, after.entries) && before.version === after.version) return before;
  if (!before.entries || !after.entries) return { ...before, entries: null };
  if (Math.abs((after.version ?? 0) - (before.version ?? 0)) > 1) return { ...before, entries: [] };
  const kept = new Set(after.entries.map(({ cidr }) => cidr));
  return { ...before, entries: before.entries.filter(({ cidr }) => kept.has(cidr)) };
}

/** One that is not certainly active counts as of unknown status, which admits nothing for certain. */
function certainPeering({ before, after }: Pair<PeeringConnection>, states: States): PeeringConnection {
  const one = (before ?? after) as PeeringConnection;
  const isSure = before && after ? before.status === after.status : isOneSided(states);
  return isSure ? one : { ...one, status: 'unknown' };
}

/** Whether captures of one side are missing altogether: there nothing tells that an object of the other side is gone. */
const isOneSided = ({ before, after }: States): boolean =>
  before.interfaces.length === 0 || after.interfaces.length === 0;

/**
 * The rules of both states. A rule of which both show the same meaning is in both; a group whose place has a capture on
 * one side only is taken as that one shows it.
 */
function rulesOf(before: readonly SecurityGroup[], after: readonly SecurityGroup[]): Map<string, RuleState[]> {
  const covers = (groups: readonly SecurityGroup[]) => new Set(groups.map(placeOf));
  const covered = { before: covers(before), after: covers(after) };
  return new Map(
    Array.from(pairsOf(before, after), ([id, pair]) => {
      const one = (pair.before ?? pair.after) as SecurityGroup;
      if (pair.before && pair.after) return [id, mergeRules(pair.before.rules, pair.after.rules)];
      const isUnseen = !covered[pair.before ? 'after' : 'before'].has(placeOf(one));
      const sides = isUnseen ? BOTH : pair.before ? BEFORE : AFTER;
      return [id, one.rules.map((rule) => ({ rule, sides }))];
    }),
  );
}

function mergeRules(before: readonly SecurityGroupRule[], after: readonly SecurityGroupRule[]): RuleState[] {
  if (before === after) return before.map((rule) => ({ rule, sides: BOTH }));
  const later = new Map(after.map((rule) => [meaningOf(rule), rule]));
  const kept = new Set(before.map(meaningOf).filter((meaning) => later.has(meaning)));
  return [
    ...before.map((rule) => ({ rule, sides: kept.has(meaningOf(rule)) ? BOTH : BEFORE })),
    ...after.filter((rule) => !kept.has(meaningOf(rule))).map((rule) => ({ rule, sides: AFTER })),
  ];
}

/** The id and all that a rule says; without rule ids the id says the same. */
const meaningOf = (rule: SecurityGroupRule): string => `${rule.id} ${ruleMeaning(rule)}`;
