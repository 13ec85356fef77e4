/**
 * The inventory's documents from the few parts that tiny accounts have, and rules in words:
 *
 *   `inbound tcp 8080 10.0.0.0/16` · `outbound -1 * 0.0.0.0/0` · `inbound udp 5000-6000 pl-1`
 *   `inbound icmp 8 sg-web` (type 8, any code) · `inbound icmp 3/4 sg-web` · `inbound tcp 443 sg-far@pcx-1@vpc-2`
 */
import type {
  InventorySnapshot,
  NetworkInterface,
  PeeringConnection,
  PrefixList,
  RulePeer,
  SecurityGroup,
  SecurityGroupRule,
  Vpc,
} from '@flowfit/core/inventory/model';

export type Direction = SecurityGroupRule['direction'];
export type GroupPeer = Extract<RulePeer, { kind: 'group' }>;

const NAMED = { name: null, tags: {} };
const PLACED = { ...NAMED, accountId: '123456789012', region: 'eu-central-1' };

export function ruleOf(id: string, groupId: string, text: string): SecurityGroupRule {
  const [direction, protocol = '', ports = '', peer = ''] = text.split(' ');
  const [from = null, to = null] = ports === '*' ? [] : ports.split(/[-/]/).map(Number);
  const isIcmp = protocol === 'icmp';
  return {
    id,
    groupId,
    direction: direction as Direction,
    protocol,
    fromPort: from,
    toPort: isIcmp ? to : (to ?? from),
    peer: peerOf(peer),
    description: '',
  };
}

function peerOf(text: string): RulePeer {
  if (text.startsWith('pl-')) return { kind: 'prefix-list', prefixListId: text };
  if (!text.startsWith('sg-')) return { kind: 'cidr', cidr: text };
  const [groupId = '', peeringConnectionId = null, vpcId = null] = text.split('@');
  const peeringStatus = peeringConnectionId === null ? null : 'active';
  return { kind: 'group', groupId, accountId: PLACED.accountId, vpcId, peeringConnectionId, peeringStatus };
}

/** What `ruleOf` reads: equal texts, equal meanings. The status of a peering is the peering's, not the rule's. */
export function meaningOf({ direction, protocol, fromPort, toPort, peer }: SecurityGroupRule): string {
  const isOne = toPort === null || (toPort === fromPort && protocol !== 'icmp');
  const ports = fromPort === null ? '*' : isOne ? fromPort : `${fromPort}${protocol === 'icmp' ? '/' : '-'}${toPort}`;
  return `${direction} ${protocol} ${ports} ${peerText(peer)}`;
}

function peerText(peer: RulePeer): string {
  if (peer.kind === 'cidr') return peer.cidr;
  if (peer.kind === 'prefix-list') return peer.prefixListId;
  return [peer.groupId, peer.peeringConnectionId, peer.vpcId].filter((part) => part !== null).join('@');
}

type InterfaceParts = Pick<NetworkInterface, 'id' | 'vpcId' | 'addresses' | 'groupIds' | 'attachedAt'>;

export function interfaceOf({ id, vpcId, addresses, groupIds, attachedAt = null }: InterfaceParts): NetworkInterface {
  return {
    ...PLACED,
    ...{ id, vpcId, addresses, attachedAt, subnetId: null, description: '', type: 'interface', instanceId: null },
    ...{ requesterId: null, requesterManaged: false, status: 'in-use', prefixes: [], publicAddresses: [] },
    groupIds: [...groupIds].sort(),
    connectionTracking: { tcpEstablished: null, udpStream: null, udpSingle: null },
  };
}

export function groupOf(id: string, vpcId: string, rules: readonly SecurityGroupRule[]): SecurityGroup {
  return { ...PLACED, id, vpcId, groupName: id.slice(3), description: '', rules: [...rules].sort(byId) };
}

type ListParts = Pick<PrefixList, 'id' | 'version'> & {
  readonly cidrs: readonly string[] | null;
  readonly ownerId?: string;
};

export function listOf({ id, version, cidrs, ownerId = PLACED.accountId }: ListParts): PrefixList {
  const entries = cidrs?.map((cidr) => ({ cidr, description: '' })) ?? null;
  return { ...NAMED, id, prefixListName: id, ownerId, region: PLACED.region, addressFamily: 'IPv4', version, entries };
}

export const vpcOf = (id: string, cidrs: readonly string[]): Vpc => ({ ...PLACED, id, cidrs });

export function peeringOf(
  id: string,
  status: string,
  requesterVpcId: string,
  accepterVpcId: string,
): PeeringConnection {
  const regions = { requesterRegion: PLACED.region, accepterRegion: PLACED.region };
  return { ...NAMED, id, status, requesterVpcId, accepterVpcId, ...regions };
}

type SnapshotParts = Pick<InventorySnapshot, 'interfaces' | 'groups'> &
  Partial<Pick<InventorySnapshot, 'prefixLists' | 'vpcs' | 'peerings'>>;

/** Rules show the status of the peering that they name, as AWS's do. */
export function snapshotOf(seconds: number, parts: SnapshotParts): InventorySnapshot {
  const { interfaces, groups, prefixLists = [], vpcs = [], peerings = [] } = parts;
  const status = new Map(peerings.map((peering) => [peering.id, peering.status]));
  const withStatus = (rule: SecurityGroupRule): SecurityGroupRule => {
    if (rule.peer.kind !== 'group' || rule.peer.peeringConnectionId === null) return rule;
    return { ...rule, peer: { ...rule.peer, peeringStatus: status.get(rule.peer.peeringConnectionId) ?? null } };
  };
  return {
    schema: 'flowfit.inventory/1',
    capturedAt: new Date(seconds * 1000).toISOString(),
    interfaces: [...interfaces].sort(byId),
    groups: groups.map((group) => ({ ...group, rules: group.rules.map(withStatus) })).sort(byId),
    prefixLists: [...prefixLists].sort(byId),
    vpcs: [...vpcs].sort(byId),
    peerings: [...peerings].sort(byId),
    ...{ subnets: [], instances: [], flowLogs: [] },
  };
}

const byId = (a: { readonly id: string }, b: { readonly id: string }): number => (a.id < b.id ? -1 : 1);

/** Unix seconds of a capture. */
export const secondsOf = ({ capturedAt }: InventorySnapshot): number => Date.parse(capturedAt) / 1000;
