/** Whether one packet may be admitted by both of two rules of a group: no only where that is certain. */
import type { RulePeer, SecurityGroupRule } from '../inventory/model.ts';
import { parsePrefix, prefixRange } from '../net/prefix.ts';
import { toRuleMatch } from '../security-group/rule-match.ts';

export function mayOverlap(one: SecurityGroupRule, other: SecurityGroupRule): boolean {
  if (one.direction !== other.direction) return false;
  const [a, b] = [toRuleMatch(one), toRuleMatch(other)];
  if (a.protocol !== null && b.protocol !== null && a.protocol !== b.protocol) return false;
  return !a.ports.intersect(b.ports).isEmpty() && mayShareAddress(one.peer, other.peer);
}

/** Who is in a group or a list changes, so that only CIDRs are certain to be apart. */
function mayShareAddress(one: RulePeer, other: RulePeer): boolean {
  if (one.kind !== 'cidr' || other.kind !== 'cidr') return true;
  const [a, b] = [parsePrefix(one.cidr), parsePrefix(other.cidr)];
  if (a === null || b === null) return true;
  const [first, second] = [prefixRange(a), prefixRange(b)];
  return a.family === b.family && first.first <= second.last && second.first <= first.last;
}
