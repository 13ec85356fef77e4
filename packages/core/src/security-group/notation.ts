/**
 * Rules in words: `inbound tcp 443 from 0.0.0.0/0`, `outbound all to sg-0b`, `inbound icmp 8 from 10.0.0.0/8` (type 8,
 * any code), `inbound udp all from pl-0c`. What we print, and what examples and tests are written in.
 */

import type { RulePeer, SecurityGroupRule } from '../inventory/model.ts';
import { peerText } from '../inventory/rule-id.ts';

type Meaning = Pick<SecurityGroupRule, 'direction' | 'protocol' | 'fromPort' | 'toPort' | 'peer'>;

/** Protocol and ports, such as `tcp 8000-8010`, `icmp 8`, `all`. */
export function formatService({
  protocol,
  fromPort,
  toPort,
}: Pick<Meaning, 'protocol' | 'fromPort' | 'toPort'>): string {
  if (protocol === '-1') return 'all';
  if (fromPort === null || fromPort < 0) return `${protocol} all`;
  const last =
    toPort === null || toPort < 0 || (toPort === fromPort && !protocol.startsWith('icmp')) ? '' : `-${toPort}`;
  return `${protocol} ${fromPort}${last}`;
}

export function formatRule(rule: Meaning): string {
  const towards = rule.direction === 'inbound' ? 'from' : 'to';
  return `${rule.direction} ${formatService(rule)} ${towards} ${peerText(rule.peer)}`;
}

const RULE = /^(inbound|outbound) (\S+?)(?: (all|\d+)(?:-(\d+))?)? (?:from|to) (\S+)$/;

/** Reads what `formatRule` writes; a group reference is one within the VPC. Null where the text is no rule. */
export function parseRule(text: string): Meaning | null {
  const parts = RULE.exec(text);
  if (!parts) return null;
  const [, direction, protocol = '', first, last, peer = ''] = parts;
  const fromPort = first === undefined || first === 'all' ? null : Number(first);
  const icmp = protocol.startsWith('icmp');
  const toPort = last === undefined ? (icmp ? null : fromPort) : Number(last);
  return {
    direction: direction === 'inbound' ? 'inbound' : 'outbound',
    protocol: protocol === 'all' ? '-1' : protocol,
    fromPort,
    toPort,
    peer: parsePeer(peer),
  };
}

function parsePeer(text: string): RulePeer {
  if (text.startsWith('pl-')) return { kind: 'prefix-list', prefixListId: text };
  if (!text.startsWith('sg-')) return { kind: 'cidr', cidr: text };
  return {
    kind: 'group',
    groupId: text,
    accountId: null,
    vpcId: null,
    peeringConnectionId: null,
    peeringStatus: null,
  };
}
