/**
 * Why a packet is let in, or not: every rule of the interface's groups, what it says of the packet, and through which
 * block, list entry or member of a group.
 */
import type { InventorySnapshot, SecurityGroupRule } from '../inventory/model.ts';
import { parseAddress } from '../net/address.ts';
import { parsePrefix, prefixContains } from '../net/prefix.ts';
import { hasPorts, protocolName } from '../net/protocol.ts';
import { formatRule } from './notation.ts';
import type { FirstPacket } from './packet.ts';
import { ReachResolver } from './reach.ts';
import { toRuleMatch } from './rule-match.ts';

/** What of a rule does not fit a packet. */
export type Miss = 'direction' | 'protocol' | 'port' | 'peer';

export interface AdmittingRule {
  readonly rule: SecurityGroupRule;
  readonly certainty: 'certain' | 'possible';
  /** Such as `10.0.0.0/8`, `entry 192.0.2.0/24 of pl-0a`, `eni-0b, which has sg-0c`; or why it is only possible. */
  readonly through: string;
}

export interface MissingRule {
  readonly rule: SecurityGroupRule;
  readonly misses: readonly Miss[];
}

export interface Explanation {
  readonly packet: FirstPacket;
  readonly admitted: 'certain' | 'possible' | 'none';
  readonly admitting: readonly AdmittingRule[];
  /** Rules of the groups that do not admit it, the nearest first. */
  readonly missing: readonly MissingRule[];
  /** The same for people, one sentence each. */
  readonly words: readonly string[];
}

const MISSES_SHOWN = 3;

export function explainPacket(snapshot: InventorySnapshot, packet: FirstPacket): Explanation {
  const wanted = new Set(packet.groupIds);
  const rules = snapshot.groups.filter(({ id }) => wanted.has(id)).flatMap((group) => group.rules);
  const resolver = new ReachResolver(snapshot);
  const admitting: AdmittingRule[] = [];
  const missing: MissingRule[] = [];
  for (const rule of rules) {
    const misses = missesOf(rule, packet, resolver);
    if (misses.length > 0) missing.push({ rule, misses });
    else admitting.push({ rule, ...throughWhat(rule, packet, resolver, snapshot) });
  }
  missing.sort((a, b) => a.misses.length - b.misses.length || rank(a) - rank(b));
  const certain = admitting.some(({ certainty }) => certainty === 'certain');
  const admitted = certain ? 'certain' : admitting.length > 0 ? 'possible' : 'none';
  return { packet, admitted, admitting, missing, words: toWords(packet, admitted, admitting, missing) };
}

/** A rule of the other direction is no near miss, whatever else fits. */
function rank({ misses }: MissingRule): number {
  return misses.includes('direction') ? 1 : 0;
}

function missesOf(rule: SecurityGroupRule, packet: FirstPacket, resolver: ReachResolver): Miss[] {
  const match = toRuleMatch(rule);
  const misses: Miss[] = [];
  if (rule.direction !== packet.direction) misses.push('direction');
  const sameProtocol = match.protocol === null || match.protocol === packet.protocol;
  if (!sameProtocol) misses.push('protocol');
  const port = hasPorts(packet.protocol) && sameProtocol ? packet.servicePort : null;
  if (port !== null && !match.ports.contains(port)) misses.push('port');
  const address = parseAddress(packet.peerAddress);
  const { certain, possible } = resolver.reach(rule, packet.vpcId);
  if (!address || !certain.union(possible).contains(address)) misses.push('peer');
  return misses;
}

function throughWhat(
  rule: SecurityGroupRule,
  packet: FirstPacket,
  resolver: ReachResolver,
  snapshot: InventorySnapshot,
): Pick<AdmittingRule, 'certainty' | 'through'> {
  const address = parseAddress(packet.peerAddress);
  const match = toRuleMatch(rule);
  const reached = address !== null && resolver.reach(rule, packet.vpcId).certain.contains(address);
  const portKnown = !hasPorts(packet.protocol) || packet.servicePort !== null || match.ports.size() === 65536;
  const certainty = reached && portKnown ? 'certain' : 'possible';
  const through = address && throughPeer(rule, packet, snapshot);
  if (match.typed)
    return { certainty, through: `${through ?? 'its peer'}, if the ICMP type fits: flow logs do not hold it` };
  if (!portKnown) return { certainty, through: `${through ?? 'its peer'}, if the port fits: it is not known` };
  return { certainty, through: through ?? whyPossible(rule) };
}

/** Null where nothing that the inventory holds shows the way. */
function throughPeer({ peer }: SecurityGroupRule, packet: FirstPacket, snapshot: InventorySnapshot): string | null {
  if (peer.kind === 'cidr') return peer.cidr;
  if (peer.kind === 'prefix-list') {
    const entries = snapshot.prefixLists.find(({ id }) => id === peer.prefixListId)?.entries ?? [];
    const entry = entries.find(({ cidr }) => holds([cidr], packet.peerAddress));
    return entry ? `entry ${entry.cidr} of ${peer.prefixListId}` : null;
  }
  const vpcId = peer.vpcId ?? packet.vpcId;
  const member = snapshot.interfaces.find(
    (one) =>
      one.groupIds.includes(peer.groupId) &&
      (peer.peeringConnectionId !== null || one.vpcId === vpcId) &&
      holds([...one.addresses, ...one.prefixes], packet.peerAddress),
  );
  return member ? `${member.id}${member.name ? ` (${member.name})` : ''}, which has ${peer.groupId}` : null;
}

function holds(cidrs: readonly string[], text: string): boolean {
  const address = parseAddress(text);
  return cidrs.some((cidr) => {
    const prefix = parsePrefix(cidr);
    return prefix !== null && address !== null && prefixContains(prefix, address);
  });
}

function whyPossible({ peer }: SecurityGroupRule): string {
  switch (peer.kind) {
    case 'cidr':
      return `${peer.cidr}, which cannot be read`;
    case 'prefix-list':
      return `${peer.prefixListId}, whose entries the inventory does not hold`;
    case 'group':
      return `${peer.groupId}, whose members cannot all be told from addresses`;
  }
}

function toWords(
  packet: FirstPacket,
  admitted: Explanation['admitted'],
  admitting: readonly AdmittingRule[],
  missing: readonly MissingRule[],
): string[] {
  const port = packet.servicePort !== null && hasPorts(packet.protocol) ? ` ${packet.servicePort}` : '';
  const towards = packet.direction === 'inbound' ? 'from' : 'to';
  const what = `${protocolName(packet.protocol)}${port} ${towards} ${packet.peerAddress}`;
  const headline = { certain: 'is admitted', possible: 'may be admitted', none: 'is not admitted' }[admitted];
  const rules =
    admitted === 'none' ? ' by any rule' : ` by ${admitting.length} ${admitting.length === 1 ? 'rule' : 'rules'}`;
  return [
    `${packet.direction} ${what} ${headline}${rules} of ${packet.groupIds.join(', ') || 'no group'}.`,
    ...admitting.map(
      ({ rule, certainty, through }) =>
        `${rule.id} of ${rule.groupId} (${formatRule(rule)}) ${certainty === 'certain' ? 'admits it' : 'may admit it'} through ${through}.`,
    ),
    ...(admitted === 'none' ? missing.slice(0, MISSES_SHOWN) : []).map(
      ({ rule, misses }) =>
        `${rule.id} of ${rule.groupId} (${formatRule(rule)}) does not: another ${misses.join(', another ')}.`,
    ),
  ];
}
