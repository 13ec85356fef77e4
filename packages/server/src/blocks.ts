/** Addresses as the pages draw them. */
import type { SecurityGroupRule } from '@flowfit/core/inventory/model';
import type { AddressSet } from '@flowfit/core/net/address-set';
import { formatPrefix } from '@flowfit/core/net/prefix';
import type { ReachResolver } from '@flowfit/core/security-group/reach';

/** The page draws no more; AddressSet has merged what lies side by side already. */
const MAX_BLOCKS = 2048;

export const toBlocks = (set: AddressSet): string[] => set.toPrefixes().slice(0, MAX_BLOCKS).map(formatPrefix);

/** What the peer of a rule stands for as CIDRs; null = unknown. */
export const toAllowed = (rule: SecurityGroupRule, resolver: ReachResolver, vpcId: string | null): string[] | null => {
  const { certain, possible } = resolver.reach(rule, vpcId);
  // A block is what it says; ICMP types make it only possible for a packet, not unknown.
  const allowed = rule.peer.kind === 'cidr' ? certain.union(possible) : certain;
  return allowed.isEmpty() && !possible.isEmpty() ? null : toBlocks(allowed);
};
