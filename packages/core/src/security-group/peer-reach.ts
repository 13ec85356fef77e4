/** Which peer addresses a rule admits: certainly, or only under doubts. What `./evaluator.ts` asks of a state or a gap. */
import type { SecurityGroupRule } from '../inventory/model.ts';
import type { AddressSet } from '../net/address-set.ts';
import { DOUBT } from './doubt.ts';
import type { ReachResolver } from './reach.ts';

export interface DoubtfulAddresses {
  readonly addresses: AddressSet;
  /** Bits of `DOUBT`. */
  readonly doubt: number;
}

export interface PeerReach {
  readonly certain: AddressSet;
  /** May overlap with one another and with `certain`, which outweighs them. */
  readonly possible: readonly DoubtfulAddresses[];
}

/**
 * Sets of addresses that many rules share, such as all addresses of a VPC that no interface is known to hold: they are
 * cut once for all rules. `classes` as in `AddressPartition`.
 */
export interface SharedSets {
  readonly classes: readonly (readonly number[])[];
  classOf(address: string): number;
  /** -1 = not one of them. */
  indexOf(set: AddressSet): number;
}

export interface PeerReachResolver {
  readonly shared?: SharedSets | undefined;
  /** The peers a rule admits to (or from) an interface in that VPC, whatever the ICMP type; null = VPC not known. */
  peersOf(rule: SecurityGroupRule, vpcId: string | null): PeerReach;
}

/** Of one state, as it shows itself and no more. */
export function peersAsShown(resolver: ReachResolver): PeerReachResolver {
  return {
    peersOf: (rule, vpcId) => {
      const { certain, possible } = resolver.reachOfPeer(rule, vpcId);
      return { certain, possible: [{ addresses: possible, doubt: doubtOfShown(rule, vpcId, resolver) }] };
    },
  };
}

/** Why what a state shows of a peer is only possible. */
function doubtOfShown(rule: SecurityGroupRule, vpcId: string | null, resolver: ReachResolver): number {
  const { peer, direction } = rule;
  if (peer.kind === 'cidr') return DOUBT.layout;
  if (peer.kind === 'prefix-list') return DOUBT.entries;
  const scope = resolver.scopeOf(peer, vpcId, direction);
  const isBalanced = scope.kind === 'vpc' && resolver.hasNetworkLoadBalancer(peer.groupId, scope.vpcId);
  return isBalanced && direction === 'inbound' ? DOUBT.client : DOUBT.reachability;
}
