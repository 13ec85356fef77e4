/** What really happens to a packet in a state of a tiny account. */
import type { InventorySnapshot, NetworkInterface, RulePeer, SecurityGroupRule } from '@flowfit/core/inventory/model';
import { isInAny, isInCidr, matchesService, type Packet } from './packet.ts';

/** All rules that admit it at an interface; none: it is rejected. */
export function admittingRules(state: InventorySnapshot, at: NetworkInterface, packet: Packet): SecurityGroupRule[] {
  return state.groups
    .filter(({ id }) => at.groupIds.includes(id))
    .flatMap(({ rules }) => rules)
    .filter((rule) => matchesService(rule, packet) && matchesPeer(state, at, rule.peer, packet.peerAddress));
}

function matchesPeer(state: InventorySnapshot, at: NetworkInterface, peer: RulePeer, address: string): boolean {
  if (peer.kind === 'cidr') return isInCidr(peer.cidr, address);
  if (peer.kind === 'prefix-list') {
    const list = state.prefixLists.find(({ id }) => id === peer.prefixListId);
    return isInAny(list?.entries?.map(({ cidr }) => cidr) ?? [], address);
  }
  const { groupId, peeringConnectionId } = peer;
  if (peeringConnectionId !== null && !isUp(state, peeringConnectionId)) return false;
  const vpcId = peeringConnectionId === null ? at.vpcId : peer.vpcId;
  return holderOf(state, vpcId, address)?.groupIds.includes(groupId) ?? false;
}

export const isUp = (state: InventorySnapshot, peeringId: string): boolean =>
  state.peerings.some(({ id, status }) => id === peeringId && status === 'active');

export const holderOf = (
  { interfaces }: InventorySnapshot,
  vpcId: string | null,
  address: string,
): NetworkInterface | undefined => interfaces.find((one) => one.vpcId === vpcId && one.addresses.includes(address));
