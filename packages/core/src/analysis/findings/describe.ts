/** Parts that findings share. */
import { formatRule } from '../../security-group/notation.ts';
import type { PeerSummary } from '../peer-tally.ts';
import type { RuleVerdict } from '../verdict.ts';
import type { EvidenceDetails, Subject } from './finding.ts';

/** `web (sg-0a)`. */
export function groupLabel({ groupName, id }: { readonly groupName: string; readonly id: string }): string {
  return groupName ? `${groupName} (${id})` : id;
}

export function ruleSubject({ rule, group }: Pick<RuleVerdict, 'rule' | 'group'>): Subject {
  return { ruleId: rule.id, groupId: group.id, groupName: group.groupName };
}

/** What was watched, and how well. */
export function ruleEvidence({ rule, usage, evidence }: RuleVerdict): EvidenceDetails {
  return {
    rule: formatRule(rule),
    description: rule.description,
    grade: evidence.grade,
    observedDays: Math.round(evidence.observedDays * 10) / 10,
    interfaces: evidence.interfaces,
    connections: usage?.connections ?? { proven: 0, inferred: 0, possible: 0, sole: 0 },
    lastSeen: usage?.lastSeen == null ? null : new Date(usage.lastSeen * 1000).toISOString(),
  };
}

export function peersAsEvidence({ count, exact, top }: PeerSummary): EvidenceDetails {
  return { count, exact, top };
}

/** `tcp 443`, or a range. */
export function formatRanges(ranges: readonly (readonly [number, number])[]): string {
  return ranges.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(', ');
}

/** Whether every interface of the group was watched without a break, so that what was not seen was not there. */
export function isWatchedWell({ evidence }: RuleVerdict): boolean {
  return evidence.gaps.length === 0 && evidence.interfaces.logged === evidence.interfaces.attached;
}

/** A count with its noun. */
export function plural(count: number, singular: string, many = `${singular}s`): string {
  return `${count} ${count === 1 ? singular : many}`;
}
