/**
 * Which peer addresses a rule admits, given what the inventory knew: the *certain* ones and the merely *possible* ones.
 *
 * A group reference stands for the private addresses (primary, secondary, IPv6, delegated prefixes) of the interfaces
 * that have the group, in the VPC of our own interface, or in the VPC at the other end of an active peering connection
 * within the region. It is only possible
 *  - for any address, where the group or the VPC's interfaces are not in the inventory;
 *  - for any address of inbound packets, where a Network Load Balancer has the group: with client-IP preservation the
 *    target sees the client's address, and yet the reference admits it;
 *  - for the members, where the VPCs are joined by a transit gateway (inbound only) or by a peering connection of
 *    unknown status.
 */
import type {
  InventorySnapshot,
  NetworkInterface,
  PeeringConnection,
  PrefixList,
  RulePeer,
  SecurityGroupRule,
} from '../inventory/model.ts';
import { AddressSet } from '../net/address-set.ts';
import { toRuleMatch } from './rule-match.ts';

export interface Reach {
  readonly certain: AddressSet;
  /** Disjoint from `certain`. */
  readonly possible: AddressSet;
}

export type GroupPeer = Extract<RulePeer, { kind: 'group' }>;

/** Where a group reference looks for members. */
export type Scope =
  | { readonly kind: 'none' }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'vpc'; readonly vpcId: string; readonly sure: boolean };

const NOWHERE: Reach = { certain: AddressSet.EMPTY, possible: AddressSet.EMPTY };
const ANYWHERE: Reach = { certain: AddressSet.EMPTY, possible: AddressSet.ALL };
const NO_SCOPE: Scope = { kind: 'none' };
const UNKNOWN_SCOPE: Scope = { kind: 'unknown' };

const inVpc = (vpcId: string | null, sure: boolean): Scope =>
  vpcId === null ? UNKNOWN_SCOPE : { kind: 'vpc', vpcId, sure };

const certainly = (certain: AddressSet): Reach => ({ certain, possible: AddressSet.EMPTY });
const possibly = (possible: AddressSet): Reach => ({ certain: AddressSet.EMPTY, possible });

/** Resolves the peers of rules against one snapshot. */
export class ReachResolver {
  readonly #prefixLists: ReadonlyMap<string, PrefixList>;
  readonly #peerings: ReadonlyMap<string, PeeringConnection>;
  readonly #knownGroups: ReadonlySet<string>;
  readonly #knownVpcs: ReadonlySet<string>;
  /** By VPC and group. */
  readonly #members = new Map<string, NetworkInterface[]>();
  readonly #memberReach = new Map<string, AddressSet>();

  constructor(snapshot: InventorySnapshot) {
    this.#prefixLists = new Map(snapshot.prefixLists.map((list) => [list.id, list]));
    this.#peerings = new Map(snapshot.peerings.map((peering) => [peering.id, peering]));
    this.#knownGroups = new Set([
      ...snapshot.groups.map((group) => group.id),
      ...snapshot.interfaces.flatMap((networkInterface) => networkInterface.groupIds),
    ]);
    this.#knownVpcs = new Set(snapshot.interfaces.flatMap(({ vpcId }) => vpcId ?? []));
    for (const networkInterface of snapshot.interfaces) {
      for (const groupId of networkInterface.groupIds) {
        const key = `${networkInterface.vpcId} ${groupId}`;
        const members = this.#members.get(key);
        if (members) members.push(networkInterface);
        else this.#members.set(key, [networkInterface]);
      }
    }
  }

  /** The peers a rule admits to (or from) an interface in that VPC; null = the VPC is not known. */
  reach(rule: SecurityGroupRule, vpcId: string | null): Reach {
    const { certain, possible } = this.reachOfPeer(rule, vpcId);
    return toRuleMatch(rule).typed ? possibly(certain.union(possible)) : { certain, possible };
  }

  /** The same without regard to ICMP types. */
  reachOfPeer(rule: SecurityGroupRule, vpcId: string | null): Reach {
    const { family } = toRuleMatch(rule);
    const reach = this.#reachOfPeer(rule, vpcId);
    if (family === null) return reach;
    const all = family === 4 ? AddressSet.ALL_IPV4 : AddressSet.ALL_IPV6;
    return { certain: reach.certain.intersect(all), possible: reach.possible.intersect(all) };
  }

  #reachOfPeer(rule: SecurityGroupRule, vpcId: string | null): Reach {
    const { peer } = rule;
    switch (peer.kind) {
      case 'cidr': {
        const addresses = AddressSet.parse([peer.cidr]);
        return addresses.isEmpty() ? ANYWHERE : certainly(addresses);
      }
      case 'prefix-list':
        return this.#reachOfPrefixList(peer.prefixListId);
      case 'group':
        return this.#reachOfGroup(peer, vpcId, rule.direction);
    }
  }

  #reachOfPrefixList(id: string): Reach {
    const list = this.#prefixLists.get(id);
    if (list?.entries) return certainly(AddressSet.parse(list.entries.map(({ cidr }) => cidr)));
    if (list?.addressFamily === 'IPv4') return possibly(AddressSet.ALL_IPV4);
    return list?.addressFamily === 'IPv6' ? possibly(AddressSet.ALL_IPV6) : ANYWHERE;
  }

  #reachOfGroup(peer: GroupPeer, vpcId: string | null, direction: 'inbound' | 'outbound'): Reach {
    const scope = this.scopeOf(peer, vpcId, direction);
    if (scope.kind === 'none') return NOWHERE;
    if (scope.kind === 'unknown' || !this.#knownGroups.has(peer.groupId)) return ANYWHERE;
    const members = this.reachOfMembers(peer.groupId, scope.vpcId);
    const certain = scope.sure ? members : AddressSet.EMPTY;
    const preserves = direction === 'inbound' && this.hasNetworkLoadBalancer(peer.groupId, scope.vpcId);
    const all = preserves ? AddressSet.ALL : members;
    return { certain, possible: all.subtract(certain) };
  }

  /** In which VPC the members of a referenced group are looked for. */
  scopeOf(peer: GroupPeer, vpcId: string | null, direction: 'inbound' | 'outbound'): Scope {
    const place = this.placeOf(peer, vpcId, direction);
    const isOwn = place.kind === 'vpc' && place.vpcId === vpcId && peer.peeringConnectionId === null;
    return place.kind === 'vpc' && !isOwn && !this.#knownVpcs.has(place.vpcId) ? UNKNOWN_SCOPE : place;
  }

  /** The same, whether or not the state shows anything of that VPC. */
  placeOf(peer: GroupPeer, vpcId: string | null, direction: 'inbound' | 'outbound'): Scope {
    if (vpcId === null) return UNKNOWN_SCOPE;
    if (peer.peeringConnectionId !== null) return this.#placeOfPeering(peer, peer.peeringConnectionId, vpcId);
    if (peer.vpcId === null || peer.vpcId === vpcId) return { kind: 'vpc', vpcId, sure: true };
    return direction === 'outbound' ? NO_SCOPE : { kind: 'vpc', vpcId: peer.vpcId, sure: false };
  }

  #placeOfPeering(peer: GroupPeer, peeringId: string, vpcId: string): Scope {
    const connection = this.#peerings.get(peeringId);
    const status = connection?.status ?? peer.peeringStatus;
    if (status !== null && status !== 'active') return NO_SCOPE;
    if (!connection) return inVpc(peer.vpcId, status === 'active');
    const { requesterVpcId, accepterVpcId, requesterRegion, accepterRegion } = connection;
    if (requesterRegion !== null && accepterRegion !== null && requesterRegion !== accepterRegion) return NO_SCOPE;
    if (requesterVpcId !== null && accepterVpcId !== null && vpcId !== requesterVpcId && vpcId !== accepterVpcId) {
      return NO_SCOPE;
    }
    return inVpc(peer.vpcId ?? (vpcId === requesterVpcId ? accepterVpcId : requesterVpcId), true);
  }

  members(groupId: string, vpcId: string): readonly NetworkInterface[] {
    return this.#members.get(`${vpcId} ${groupId}`) ?? [];
  }

  hasNetworkLoadBalancer(groupId: string, vpcId: string): boolean {
    return this.members(groupId, vpcId).some(({ type }) => type === 'network_load_balancer');
  }

  /** All private addresses of the members that the state shows in the VPC. */
  reachOfMembers(groupId: string, vpcId: string): AddressSet {
    const key = `${vpcId} ${groupId}`;
    const known = this.#memberReach.get(key);
    if (known) return known;
    const members = this.members(groupId, vpcId);
    const reach = AddressSet.parse(members.flatMap(({ addresses, prefixes }) => [...addresses, ...prefixes]));
    this.#memberReach.set(key, reach);
    return reach;
  }

  /** Whether the state shows the group, as itself or on an interface. */
  knowsGroup(groupId: string): boolean {
    return this.#knownGroups.has(groupId);
  }
}
