/**
 * Verdicts as documents: what `flowfit rules --json`, `groups --json` and the HTTP API answer. Times are ISO 8601, sets
 * are lists, and nothing is left out: a rule without traffic has zeros and nulls.
 */
import { formatTime } from '../filter/time.ts';
import type { SecurityGroupRule } from '../inventory/model.ts';
import { peerText } from '../inventory/rule-id.ts';
import type { Span } from './coverage.ts';
import type { EvidenceGrade } from './evidence.ts';
import { REASONS, type Reason, type Undecided } from './reasons.ts';
import type { Connections } from './usage.ts';
import type { GroupVerdict, RuleVerdict } from './verdict.ts';

export interface WindowDocument {
  /** ISO 8601; null without records. */
  readonly from: string | null;
  readonly to: string | null;
}

export interface RuleDocument {
  readonly ruleId: string;
  readonly groupId: string;
  readonly groupName: string;
  readonly vpcId: string | null;
  readonly direction: SecurityGroupRule['direction'];
  readonly protocol: string;
  readonly fromPort: number | null;
  readonly toPort: number | null;
  /** A CIDR, a group id or a prefix-list id. */
  readonly peer: string;
  readonly description: string;
  readonly verdict: RuleVerdict['verdict'];
  readonly reasons: readonly Reason[];
  /** Of an undecided rule: each reason with what would decide it. */
  readonly undecided: readonly UndecidedDocument[];
  readonly connections: Connections;
  readonly flows: number;
  readonly packets: number;
  readonly bytes: number;
  readonly firstSeen: string | null;
  readonly lastSeen: string | null;
  readonly peers: {
    readonly count: number;
    readonly top: readonly { readonly address: string; readonly flows: number }[];
  };
  /** Service ports seen, as ranges with both ends. */
  readonly ports: readonly (readonly [first: number, last: number])[];
  readonly evidence: {
    readonly grade: EvidenceGrade;
    readonly observedDays: number;
    readonly interfaces: { readonly attached: number; readonly logged: number };
    readonly gaps: readonly { readonly from: string; readonly to: string }[];
    /** Whether "used" assumes that what the nearest capture shows stood at a time without captures on both sides. */
    readonly extrapolated: boolean;
  };
}

export interface UndecidedDocument {
  readonly reason: Reason;
  readonly meaning: string;
  /** What to do to get an answer; null = nothing decides it. */
  readonly decide: string | null;
  /** Connections that the rule may have admitted, but for this; 0 where the reason is about what was not logged. */
  readonly connections: number;
  readonly firstSeen: string | null;
  readonly lastSeen: string | null;
}

export interface GroupDocument {
  readonly groupId: string;
  readonly groupName: string;
  readonly vpcId: string | null;
  readonly verdict: GroupVerdict['verdict'];
  readonly interfaces: number;
  readonly referencedBy: readonly string[];
  readonly rules: GroupVerdict['rules'];
  readonly flows: number;
  readonly bytes: number;
  readonly lastSeen: string | null;
}

export const toWindowDocument = ({
  from,
  to,
}: {
  readonly from: number | null;
  readonly to: number | null;
}): WindowDocument => ({
  from: toIso(from),
  to: toIso(to),
});

const NO_CONNECTIONS: Connections = { proven: 0, inferred: 0, possible: 0, sole: 0 };

export const toRuleDocument = ({
  rule,
  group,
  verdict,
  reasons,
  undecided,
  usage,
  evidence,
}: RuleVerdict): RuleDocument => ({
  ruleId: rule.id,
  groupId: group.id,
  groupName: group.groupName,
  vpcId: group.vpcId,
  direction: rule.direction,
  protocol: rule.protocol,
  fromPort: rule.fromPort,
  toPort: rule.toPort,
  peer: peerText(rule.peer),
  description: rule.description,
  verdict,
  reasons,
  undecided: undecided.map(toUndecidedDocument),
  connections: usage?.connections ?? NO_CONNECTIONS,
  flows: usage?.flows ?? 0,
  packets: usage?.packets ?? 0,
  bytes: usage?.bytes ?? 0,
  firstSeen: toIso(usage?.firstSeen ?? null),
  lastSeen: toIso(usage?.lastSeen ?? null),
  peers: { count: usage?.peers.count ?? 0, top: usage?.peers.top ?? [] },
  ports: usage?.ports.toRanges() ?? [],
  evidence: {
    grade: evidence.grade,
    observedDays: Math.round(evidence.observedDays * 100) / 100,
    interfaces: evidence.interfaces,
    gaps: evidence.gaps.map(toGap),
    extrapolated: usage?.extrapolated ?? false,
  },
});

const toUndecidedDocument = ({ reason, connections, firstSeen, lastSeen }: Undecided): UndecidedDocument => ({
  reason,
  ...REASONS[reason],
  connections,
  firstSeen: toIso(firstSeen),
  lastSeen: toIso(lastSeen),
});

export const toGroupDocument = ({
  group,
  verdict,
  interfaces,
  referencedBy,
  rules,
  traffic,
}: GroupVerdict): GroupDocument => ({
  groupId: group.id,
  groupName: group.groupName,
  vpcId: group.vpcId,
  verdict,
  interfaces: interfaces.length,
  referencedBy,
  rules,
  flows: traffic?.flows ?? 0,
  bytes: traffic?.bytes ?? 0,
  lastSeen: toIso(traffic?.lastSeen ?? null),
});

const toGap = ({ from, to }: Span) => ({ from: formatTime(from), to: formatTime(to) });

const toIso = (seconds: number | null): string | null => (seconds === null ? null : formatTime(seconds));
