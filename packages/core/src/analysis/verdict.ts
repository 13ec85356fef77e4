/**
 * Verdicts for rules and groups: what usage and coverage together allow to say. They have the meaning of possible
 * worlds, see `docs/explanation/how-a-verdict-is-reached.md`:
 *
 *   used       the rule admitted an accepted connection in every world
 *   unused     it admitted none in any world
 *   undecided  all else, with the reasons that separate the worlds
 *
 * A verdict is about the rule as the newest capture shows it.
 */
import type { InventorySnapshot, NetworkInterface, SecurityGroup, SecurityGroupRule } from '../inventory/model.ts';
import { ruleTuple } from '../inventory/rule-id.ts';
import type { Timeline, Version } from '../inventory/timeline.ts';
import { type Coverage, HOUR, type InterfaceCoverage, type Span } from './coverage.ts';
import { type Evidence, gradeOf } from './evidence.ts';
import { REASON_CODES, REASON_OF_DOUBT, type Reason, type Undecided } from './reasons.ts';
import type { Traffic } from './traffic.ts';
import type { DoubtfulTraffic, RuleUsage, Usage } from './usage.ts';

export type { Reason, Undecided } from './reasons.ts';

export interface RuleVerdict {
  readonly rule: SecurityGroupRule;
  readonly group: SecurityGroup;
  readonly verdict: 'used' | 'unused' | 'undecided';
  readonly reasons: readonly Reason[];
  /** The same reasons where the rule is undecided, with the traffic that each is about. */
  readonly undecided: readonly Undecided[];
  /** Null: nothing, not even possibly. */
  readonly usage: RuleUsage | null;
  readonly evidence: Evidence;
}

export interface GroupVerdict {
  readonly group: SecurityGroup;
  /** Unattached: no interface had it in the window. Silent: none of its rules admitted anything, even possibly. */
  readonly verdict: 'active' | 'silent' | 'unattached';
  /** Interfaces that had the group in the window, sorted by id. */
  readonly interfaces: readonly NetworkInterface[];
  /** Other groups with a rule that refers to it. */
  readonly referencedBy: readonly string[];
  readonly rules: { readonly used: number; readonly unused: number; readonly undecided: number };
  /** What its rules admitted or may have admitted. */
  readonly traffic: Traffic | null;
}

export interface Verdicts {
  readonly rules: readonly RuleVerdict[];
  readonly groups: readonly GroupVerdict[];
}

type State = Pick<Timeline, 'epochs' | 'gapAt' | 'statesAround' | 'snapshotAt' | 'ruleVersions' | 'interfaceLives'>;

const DAY = 24 * HOUR;
const MAX_GAPS = 20;

/** Verdicts on the rules and groups of the newest inventory. */
export function resolveVerdicts(timeline: State, usage: Usage, coverage: Coverage): Verdicts {
  const newest = timeline.snapshotAt(timeline.epochs.at(-1) ?? 0);
  const attached = interfacesByGroup(timeline, coverage.window);
  const meaningSince = sinceByRule(timeline.ruleVersions());
  const inventoryInTime =
    (timeline.epochs[0] ?? Number.POSITIVE_INFINITY) <= coverage.window.from + DAY &&
    (timeline.epochs.at(-1) ?? Number.NEGATIVE_INFINITY) >= coverage.window.to - DAY;
  const ofStrangers = shortcomingsOfStrangers(timeline, coverage);
  const rules = newest.groups.flatMap((group) => {
    const exposure = exposureOf(attached.get(group.id) ?? [], coverage, ofStrangers);
    return group.rules.map((rule) =>
      resolveRule(rule, group, usage.rules.get(rule.id) ?? null, {
        ...exposure,
        coverage,
        inventoryInTime,
        since: meaningSince.get(rule.id) ?? null,
      }),
    );
  });
  return { rules, groups: resolveGroups(newest, attached, rules, usage) };
}

/** How well the interfaces of one group were watched. */
interface Exposure {
  readonly attached: number;
  readonly logged: number;
  readonly observedSeconds: number;
  readonly reasons: readonly Reason[];
  readonly gaps: readonly Span[];
}

interface RuleContext extends Exposure {
  readonly coverage: Coverage;
  readonly inventoryInTime: boolean;
  /** When the rule got its present meaning, Unix seconds; null = since ever. */
  readonly since: number | null;
}

/**
 * What was not logged of interfaces that no capture shows: any group may have been on them. Their gaps are left out,
 * since an interface that comes and goes has no records before and after.
 */
function shortcomingsOfStrangers(timeline: State, { interfaces, blind }: Coverage): readonly Reason[] {
  const known = new Set(timeline.interfaceLives().map(({ value }) => value.id));
  const strangers = [...interfaces.values()].filter(({ interfaceId }) => !known.has(interfaceId));
  const isSkipped = strangers.some(({ skipped }) => skipped.length > 0);
  const isBlind = [...blind.keys()].some((id) => id === null || !known.has(id));
  return [
    ...(isSkipped ? (['inventory-missing', 'skip-data'] as const) : []),
    ...(isBlind ? (['layout-incomplete'] as const) : []),
  ];
}

function exposureOf(
  interfaces: readonly NetworkInterface[],
  coverage: Coverage,
  ofStrangers: readonly Reason[],
): Exposure {
  const covered = interfaces.flatMap(({ id }) => coverage.interfaces.get(id) ?? []);
  const reasons = new Set<Reason>(ofStrangers);
  if (covered.length < interfaces.length) reasons.add('unlogged-interface');
  for (const one of covered) for (const reason of shortcomings(one)) reasons.add(reason);
  if (interfaces.some(({ id }) => coverage.blind.has(id))) reasons.add('layout-incomplete');
  if (coverage.pending.length > 0) reasons.add('roll-up-pending');
  return {
    attached: interfaces.length,
    logged: covered.length,
    observedSeconds: covered.reduce((most, { observedSeconds }) => Math.max(most, observedSeconds), 0),
    reasons: [...reasons],
    gaps: joinSpans(covered.flatMap(({ gaps, skipped }) => [...gaps, ...skipped])),
  };
}

function shortcomings({ trafficType, skipped, gaps }: InterfaceCoverage): Reason[] {
  const reasons: Reason[] = [];
  if (trafficType === 'REJECT') reasons.push('reject-only');
  if (skipped.length > 0) reasons.push('skip-data');
  if (gaps.length > 0) reasons.push('gap');
  return reasons;
}

function joinSpans(spans: readonly Span[]): Span[] {
  const joined: Span[] = [];
  for (const span of [...spans].sort((a, b) => a.from - b.from)) {
    const last = joined.at(-1);
    if (last && span.from <= last.to) joined[joined.length - 1] = { from: last.from, to: Math.max(last.to, span.to) };
    else joined.push(span);
  }
  return joined.slice(0, MAX_GAPS);
}

function resolveRule(
  rule: SecurityGroupRule,
  group: SecurityGroup,
  usage: RuleUsage | null,
  context: RuleContext,
): RuleVerdict {
  const { coverage, since, attached, logged } = context;
  const used = usage !== null && usage.flows > 0;
  const undecided = used ? [] : reasonsAgainst(usage, context);
  const verdict = used ? 'used' : undecided.length > 0 ? 'undecided' : 'unused';
  const age = since === null ? Number.POSITIVE_INFINITY : Math.max(0, coverage.window.to - since);
  const observedDays = Math.min(context.observedSeconds, age) / DAY;
  const grade = gradeOf({
    verdict,
    proven: usage !== null && usage.connections.proven > 0 && !usage.extrapolated,
    observedDays,
    attached,
    tellsSilence: coverage.tellsSilence,
    inventoryInTime: context.inventoryInTime,
  });
  const isUnattached = verdict === 'unused' && attached === 0;
  const reasons: readonly Reason[] = isUnattached ? ['no-interface'] : undecided.map(({ reason }) => reason);
  const evidence = { grade, observedDays, interfaces: { attached, logged }, gaps: context.gaps };
  return { rule, group, verdict, reasons, undecided, usage, evidence };
}

/** Why the absence of certain admissions does not prove the absence of use, in the order of `REASONS`. */
function reasonsAgainst(usage: RuleUsage | null, context: RuleContext): Undecided[] {
  const { attached, reasons, since, coverage } = context;
  const against = new Map<Reason, Undecided>();
  for (const [bit, reason] of REASON_OF_DOUBT) {
    const traffic = usage?.doubts.get(bit);
    if (traffic) against.set(reason, joined(reason, against.get(reason), traffic));
  }
  const isYoung = attached > 0 && since !== null && since > coverage.window.from;
  for (const reason of isYoung ? [...reasons, 'rule-younger-than-window' as const] : reasons) {
    if (!against.has(reason)) against.set(reason, { reason, connections: 0, firstSeen: null, lastSeen: null });
  }
  return REASON_CODES.flatMap((reason) => against.get(reason) ?? []);
}

/** A connection may be in doubt in several ways: counts are not added up. */
function joined(
  reason: Reason,
  known: Undecided | undefined,
  { connections, firstSeen, lastSeen }: DoubtfulTraffic,
): Undecided {
  const times = [known?.firstSeen, known?.lastSeen, firstSeen, lastSeen].filter((time) => time != null);
  return {
    reason,
    connections: Math.max(known?.connections ?? 0, connections),
    firstSeen: times.length === 0 ? null : Math.min(...times),
    lastSeen: times.length === 0 ? null : Math.max(...times),
  };
}

/** Since when each rule has had its present meaning: descriptions do not count. */
export function sinceByRule(versions: readonly Version<SecurityGroupRule>[]): Map<string, number | null> {
  const since = new Map<string, number | null>();
  let previous: Version<SecurityGroupRule> | null = null;
  for (const version of versions) {
    const continues =
      previous?.id === version.id &&
      previous.to === version.from &&
      ruleTuple(previous.value) === ruleTuple(version.value);
    if (!continues) since.set(version.id, version.from);
    previous = version;
  }
  return since;
}

/**
 * By group: the interfaces that may have had it in the window, as captures next to any moment of it show them; each with
 * its last state. Those that certainly came later, or were gone before, are left out.
 */
function interfacesByGroup(timeline: State, window: Span): Map<string, NetworkInterface[]> {
  const outside = outsideOf(timeline, window);
  const byGroup = new Map<string, Map<string, NetworkInterface>>();
  for (let gap = timeline.gapAt(window.from); gap <= timeline.gapAt(window.to - 1); gap++) {
    const { before, after } = timeline.statesAround(gap);
    for (const one of [...before.interfaces, ...after.interfaces]) {
      if (outside.has(one.id)) continue;
      for (const groupId of one.groupIds) {
        const members = byGroup.get(groupId) ?? new Map<string, NetworkInterface>();
        byGroup.set(groupId, members.set(one.id, one));
      }
    }
  }
  const sorted = (members: Map<string, NetworkInterface>) =>
    [...members.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  return new Map(Array.from(byGroup, ([groupId, members]) => [groupId, sorted(members)]));
}

/** Interfaces that did not exist in the window: launched after it, or gone before it. */
function outsideOf(timeline: State, window: Span): Set<string> {
  const ids = timeline.interfaceLives().flatMap(({ value, firstShown, lastShown, absentUntil, absentFrom }) => {
    const isLater = firstShown >= window.to && Math.max(absentUntil ?? 0, value.attachedAt ?? 0) >= window.to;
    const isGone = lastShown < window.from && absentFrom !== null && absentFrom <= window.from;
    return isLater || isGone ? [value.id] : [];
  });
  return new Set(ids);
}

function resolveGroups(
  snapshot: InventorySnapshot,
  attached: ReadonlyMap<string, readonly NetworkInterface[]>,
  verdicts: readonly RuleVerdict[],
  usage: Usage,
): GroupVerdict[] {
  const referencedBy = new Map<string, Set<string>>();
  for (const { peer, groupId } of snapshot.groups.flatMap(({ rules }) => rules)) {
    if (peer.kind !== 'group' || peer.groupId === groupId) continue;
    referencedBy.set(peer.groupId, (referencedBy.get(peer.groupId) ?? new Set()).add(groupId));
  }
  const counts = new Map<string, { used: number; unused: number; undecided: number }>();
  for (const { group, verdict } of verdicts) {
    const count = counts.get(group.id) ?? { used: 0, unused: 0, undecided: 0 };
    count[verdict]++;
    counts.set(group.id, count);
  }
  return snapshot.groups.map((group) => {
    const interfaces = attached.get(group.id) ?? [];
    const traffic = usage.groups.get(group.id) ?? null;
    return {
      group,
      verdict: interfaces.length === 0 && !traffic ? 'unattached' : traffic ? 'active' : 'silent',
      interfaces,
      referencedBy: [...(referencedBy.get(group.id) ?? [])].sort(),
      rules: counts.get(group.id) ?? { used: 0, unused: 0, undecided: 0 },
      traffic,
    };
  });
}
