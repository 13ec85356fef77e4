/**
 * Which rules admit a packet, rule by rule and without any index: the definition that `./evaluator.ts` is tested
 * against. Slow and plain on purpose; shares nothing with the evaluator but the reading of addresses.
 */
import type { InventorySnapshot, RulePeer, SecurityGroupRule } from '../inventory/model.ts';
import { type Address, parseAddress } from '../net/address.ts';
import { parsePrefix, prefixContains } from '../net/prefix.ts';
import { protocolNumber } from '../net/protocol.ts';
import type { Admissions, FirstPacket } from './packet.ts';

type Answer = 'yes' | 'maybe' | 'no';

const both = (a: Answer, b: Answer): Answer => (a === 'no' || b === 'no' ? 'no' : a === 'yes' ? b : 'maybe');

export function admitsByBruteForce(
  snapshot: InventorySnapshot,
  packet: FirstPacket,
): Pick<Admissions, 'certain' | 'possible'> {
  const rules = [...new Set(packet.groupIds)].flatMap(
    (groupId) => snapshot.groups.find(({ id }) => id === groupId)?.rules ?? [],
  );
  const answered = rules.map((rule) => ({ rule, answer: admitsOne(snapshot, rule, packet) }));
  return {
    certain: answered.filter(({ answer }) => answer === 'yes').map(({ rule }) => rule),
    possible: answered.filter(({ answer }) => answer === 'maybe').map(({ rule }) => rule),
  };
}

function admitsOne(snapshot: InventorySnapshot, rule: SecurityGroupRule, packet: FirstPacket): Answer {
  const address = parseAddress(packet.peerAddress);
  if (address === null || rule.direction !== packet.direction) return 'no';
  return both(admitsPort(rule, packet, address), admitsPeer(snapshot, rule, packet, address));
}

function admitsPort(rule: SecurityGroupRule, { protocol, servicePort }: FirstPacket, address: Address): Answer {
  if (rule.protocol === '-1') return 'yes';
  const number = protocolNumber(rule.protocol);
  if (number === null) return 'maybe';
  if (number !== protocol) return 'no';
  const any = rule.fromPort === null || rule.fromPort === -1;
  if (number === 1 || number === 58) {
    if (address.family !== (number === 1 ? 4 : 6)) return 'no';
    return any ? 'yes' : 'maybe';
  }
  if (any || (number !== 6 && number !== 17)) return 'yes';
  const [from, to] = [rule.fromPort as number, rule.toPort ?? (rule.fromPort as number)];
  if (servicePort === null) return from <= 0 && to >= 65535 ? 'yes' : 'maybe';
  return servicePort >= from && servicePort <= to ? 'yes' : 'no';
}

function holds(cidrs: readonly string[], address: Address): boolean {
  return cidrs.some((cidr) => {
    const prefix = parsePrefix(cidr);
    return prefix !== null && prefixContains(prefix, address);
  });
}

function admitsPeer(
  snapshot: InventorySnapshot,
  rule: SecurityGroupRule,
  packet: FirstPacket,
  address: Address,
): Answer {
  const { peer } = rule;
  if (peer.kind === 'cidr')
    return parsePrefix(peer.cidr) === null ? 'maybe' : holds([peer.cidr], address) ? 'yes' : 'no';
  if (peer.kind === 'prefix-list') {
    const list = snapshot.prefixLists.find(({ id }) => id === peer.prefixListId);
    if (list?.entries)
      return holds(
        list.entries.map(({ cidr }) => cidr),
        address,
      )
        ? 'yes'
        : 'no';
    const wrongFamily = list?.addressFamily === (address.family === 4 ? 'IPv6' : 'IPv4');
    return wrongFamily ? 'no' : 'maybe';
  }
  return admitsMember(snapshot, peer, packet, address);
}

function admitsMember(
  snapshot: InventorySnapshot,
  peer: Extract<RulePeer, { kind: 'group' }>,
  packet: FirstPacket,
  address: Address,
): Answer {
  const where = vpcOfMembers(snapshot, peer, packet);
  if (where.sure === 'no') return 'no';
  const known =
    snapshot.groups.some(({ id }) => id === peer.groupId) ||
    snapshot.interfaces.some(({ groupIds }) => groupIds.includes(peer.groupId));
  if (where.vpcId === null || !known) return 'maybe';
  const members = snapshot.interfaces.filter(
    ({ vpcId, groupIds }) => vpcId === where.vpcId && groupIds.includes(peer.groupId),
  );
  if (members.some(({ addresses, prefixes }) => holds([...addresses, ...prefixes], address))) return where.sure;
  const balanced = members.some(({ type }) => type === 'network_load_balancer');
  return balanced && packet.direction === 'inbound' ? 'maybe' : 'no';
}

/** `vpcId` null: not known where. */
function vpcOfMembers(
  snapshot: InventorySnapshot,
  peer: Extract<RulePeer, { kind: 'group' }>,
  { vpcId, direction }: FirstPacket,
): { vpcId: string | null; sure: Answer } {
  if (vpcId === null) return { vpcId: null, sure: 'maybe' };
  const captured = (id: string | null) => (snapshot.interfaces.some((one) => one.vpcId === id) ? id : null);
  if (peer.peeringConnectionId === null) {
    if (peer.vpcId === null || peer.vpcId === vpcId) return { vpcId, sure: 'yes' };
    return { vpcId: captured(peer.vpcId), sure: direction === 'inbound' ? 'maybe' : 'no' };
  }
  const peering = snapshot.peerings.find(({ id }) => id === peer.peeringConnectionId);
  const status = peering ? peering.status : peer.peeringStatus;
  if (status !== null && status !== 'active') return { vpcId: null, sure: 'no' };
  if (!peering) return { vpcId: captured(peer.vpcId), sure: status === null ? 'maybe' : 'yes' };
  const ends = [peering.requesterVpcId, peering.accepterVpcId];
  const regions = [peering.requesterRegion, peering.accepterRegion];
  if (!regions.includes(null) && regions[0] !== regions[1]) return { vpcId: null, sure: 'no' };
  if (!ends.includes(null) && !ends.includes(vpcId)) return { vpcId: null, sure: 'no' };
  const other = peer.vpcId ?? (ends[0] === vpcId ? ends[1] : ends[0]) ?? null;
  return { vpcId: captured(other), sure: 'yes' };
}
