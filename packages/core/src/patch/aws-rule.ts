/**
 * A rule in the form in which AWS stores it, whatever way it was said: what the writers render, and what tells whether
 * two rules are the same to AWS. Adding a rule that a group has is refused there, and removing it would then take away
 * both.
 */
import { FlowfitError } from '../errors.ts';
import type { SecurityGroupRule } from '../inventory/model.ts';
import { peerText } from '../inventory/rule-id.ts';
import { formatPrefix, parsePrefix } from '../net/prefix.ts';
import { hasPorts, isIcmp, protocolNumber } from '../net/protocol.ts';
import type { GroupPeer } from '../security-group/reach.ts';

export interface AwsRule {
  readonly protocol: string;
  /** Ports, or ICMP type and code with -1 for all; null for protocols that have neither. */
  readonly ports: { readonly from: number; readonly to: number } | null;
  readonly peer: {
    readonly kind: 'ipv4' | 'ipv6' | 'prefix-list' | 'group';
    /** CIDR, canonical, or id. */
    readonly text: string;
    /** Of a group of another account. */
    readonly accountId: string | null;
  };
}

/** @throws FlowfitError `patch-rule-unreadable` for a CIDR or protocol that is none. */
export function toAwsRule(rule: SecurityGroupRule, accountId: string | null): AwsRule {
  return { protocol: rule.protocol, ports: portsOf(rule), peer: peerOf(rule, accountId) };
}

function portsOf(rule: SecurityGroupRule): AwsRule['ports'] {
  if (rule.protocol === '-1') return null;
  const number = protocolNumber(rule.protocol);
  if (number === null) throw unreadable(rule, `"${rule.protocol}" is no protocol`);
  const { fromPort, toPort } = rule;
  if (isIcmp(number)) return { from: fromPort ?? -1, to: fromPort === null ? -1 : (toPort ?? -1) };
  if (!hasPorts(number)) return null;
  return fromPort === null || fromPort < 0 ? { from: 0, to: 65535 } : { from: fromPort, to: toPort ?? fromPort };
}

function peerOf(rule: SecurityGroupRule, accountId: string | null): AwsRule['peer'] {
  const { peer } = rule;
  if (peer.kind === 'prefix-list') return { kind: peer.kind, text: peerText(peer), accountId: null };
  if (peer.kind === 'group') return { kind: peer.kind, text: peerText(peer), accountId: foreignOwner(peer, accountId) };
  const prefix = parsePrefix(peer.cidr);
  if (prefix === null) throw unreadable(rule, `"${peer.cidr}" is no CIDR`);
  return { kind: prefix.family === 4 ? 'ipv4' : 'ipv6', text: formatPrefix(prefix), accountId: null };
}

/** Where our own account is not known, only what is peered is taken for another's. */
function foreignOwner(peer: GroupPeer, accountId: string | null): string | null {
  if (accountId === null) return peer.peeringConnectionId === null ? null : peer.accountId;
  return peer.accountId === accountId ? null : peer.accountId;
}

const unreadable = (rule: SecurityGroupRule, why: string): FlowfitError =>
  new FlowfitError(
    'patch-rule-unreadable',
    `Rule ${rule.id} of group ${rule.groupId} cannot be written: ${why}. Correct it where the rules come from.`,
  );

/** Equal where AWS takes two rules of a group for the same. Descriptions do not count. */
export function awsKey(rule: SecurityGroupRule): string {
  const { protocol, ports, peer } = toAwsRule(rule, null);
  return [rule.groupId, rule.direction, protocol, ports?.from ?? '*', ports?.to ?? '*', peer.text].join(' ');
}
