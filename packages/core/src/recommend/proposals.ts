/** From pieces to the whole rule set of a group: ids, descriptions, and which of today's rules each stands for. */
import type { RulePeer, SecurityGroup, SecurityGroupRule } from '../inventory/model.ts';
import { peerText, ruleIdOf } from '../inventory/rule-id.ts';
import type { AddressSet } from '../net/address-set.ts';
import { LAST_PORT, PortSet } from '../net/port-set.ts';
import { ec2Protocol, hasPorts } from '../net/protocol.ts';
import { describeNewRule } from '../patch/description.ts';
import { toRuleMatch } from '../security-group/rule-match.ts';
import type { ProposedRule } from './model.ts';
import type { Piece } from './slot.ts';

export interface TodaysParts {
  /** Rules that new ones may stand for. */
  readonly loose: readonly SecurityGroupRule[];
  readonly kept: readonly SecurityGroupRule[];
  /** Parts of loose ones. */
  readonly pinned: readonly SecurityGroupRule[];
}

/** In the order of today's rules, those that stay first. */
export function toProposals(
  group: SecurityGroup,
  { loose, kept, pinned }: TodaysParts,
  pieces: readonly Piece[],
  reachOf: (rule: SecurityGroupRule) => AddressSet,
): ProposedRule[] {
  const existing = new Map(group.rules.map((rule) => [meaningOf(rule), rule]));
  const proposed = new Map<string, ProposedRule>();
  const add = (rule: SecurityGroupRule): void => {
    const meaning = meaningOf(rule);
    if (proposed.has(meaning)) return;
    const known = existing.get(meaning);
    if (known !== undefined) proposed.set(meaning, { rule: known, exists: true, from: [known.id] });
    else proposed.set(meaning, toNew(rule, sourcesOf(rule, loose, reachOf)));
  };
  for (const rule of [...kept, ...pinned]) add(rule);
  for (const piece of pieces) add(toRule(group.id, piece));
  const order = new Map(group.rules.map(({ id }, index) => [id, index]));
  const placeOf = ({ exists, rule, from }: ProposedRule) =>
    (exists ? 0 : group.rules.length) + (order.get(exists ? rule.id : (from[0] ?? '')) ?? 0);
  return [...proposed.values()].sort((a, b) => placeOf(a) - placeOf(b));
}

const toRule = (groupId: string, { direction, protocol, ports, peer }: Piece): SecurityGroupRule => {
  const [fromPort, toPort] = hasPorts(protocol) ? ports : [null, null];
  return { id: '', groupId, direction, protocol: ec2Protocol(protocol), fromPort, toPort, peer, description: '' };
};

/** Equal for rules that say the same in other words. */
function meaningOf(rule: SecurityGroupRule): string {
  const { protocol, ports, typed } = toRuleMatch(rule);
  const range = protocol === null ? 'all' : ports.toRanges().join();
  const via = rule.peer.kind === 'group' ? (rule.peer.peeringConnectionId ?? '') : '';
  return `${rule.direction} ${protocol} ${typed} ${range} ${peerText(rule.peer)} ${via}`;
}

function toNew(rule: SecurityGroupRule, sources: readonly SecurityGroupRule[]): ProposedRule {
  const from = sources.map(({ id }) => id).sort();
  const plain = { ...rule, peer: withinVpc(rule.peer), description: '' };
  const named = { ...plain, id: ruleIdOf(plain), description: describeNewRule(plain, from, sources) };
  return { rule: named, exists: false, from };
}

const withinVpc = (peer: RulePeer): RulePeer =>
  peer.kind === 'group' && peer.peeringConnectionId === null
    ? { ...peer, accountId: null, vpcId: null, peeringStatus: null }
    : peer;

/** Today's rules that admit some of what a new one admits. */
function sourcesOf(
  rule: SecurityGroupRule,
  loose: readonly SecurityGroupRule[],
  reachOf: (rule: SecurityGroupRule) => AddressSet,
): SecurityGroupRule[] {
  const match = toRuleMatch(rule);
  const reach = reachOf(rule);
  return loose.filter((one) => {
    if (one.direction !== rule.direction) return false;
    const other = toRuleMatch(one);
    if (other.protocol !== null && other.protocol !== match.protocol) return false;
    const ports = other.protocol === null ? PortSet.of([0, LAST_PORT]) : other.ports;
    if (ports.intersect(match.ports).isEmpty()) return false;
    const isSamePeer = one.peer.kind !== 'cidr' && peerText(one.peer) === peerText(rule.peer);
    return isSamePeer || !reachOf(one).intersect(reach).isEmpty();
  });
}
