/**
 * Verdicts for rules and groups: what usage and coverage together allow to say.
 *
 * `used` needs one accepted connection that the rule certainly admits. `unused` needs that there was none, and that
 * there could have been none unseen: every reason against that makes it `undecided`. So a used rule is never called
 * unused, within what the inventory tells.
 */
import type { InventorySnapshot, NetworkInterface, SecurityGroup, SecurityGroupRule } from '../inventory/model.ts';
import { ruleTuple } from '../inventory/rule-id.ts';
import type { Timeline, Version } from '../inventory/timeline.ts';
import type { Coverage, InterfaceCoverage, Span } from './coverage.ts';
import { type Evidence, gradeOf } from './evidence.ts';
import type { Traffic } from './traffic.ts';
import type { RuleUsage, Usage } from './usage.ts';

/** Why a rule is undecided (all but the last), or why it could not have been used (the last). */
export const REASONS = {
  'only-possible': 'Connections that it may have admitted were seen, none that it certainly did.',
  'inventory-missing': 'An interface that the inventory does not hold had traffic that the rule would admit.',
  'unlogged-interface': 'An interface with the group has no flow log records in the window.',
  'reject-only': 'The flow log of an interface with the group records rejected traffic only.',
  'skip-data': 'AWS dropped records (SKIPDATA) of an interface with the group.',
  gap: 'An interface with the group was not logged for some of the window.',
  'rule-younger-than-window': 'The rule came into being, or got its present meaning, within the window.',
  'no-interface': 'No interface had the group in the window.',
} as const;

export type Reason = keyof typeof REASONS;

export interface RuleVerdict {
  readonly rule: SecurityGroupRule;
  readonly group: SecurityGroup;
  readonly verdict: 'used' | 'unused' | 'undecided';
  readonly reasons: readonly Reason[];
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

type State = Pick<Timeline, 'epochs' | 'epochAt' | 'snapshotAt' | 'ruleVersions'>;

const DAY = 86_400;
const MAX_GAPS = 20;

/** Verdicts on the rules and groups of the newest inventory. */
export function resolveVerdicts(timeline: State, usage: Usage, coverage: Coverage): Verdicts {
  const newest = timeline.snapshotAt(timeline.epochs.at(-1) ?? 0);
  const attached = interfacesByGroup(timeline, coverage.window);
  const meaningSince = sinceByRule(timeline.ruleVersions());
  const inventoryInTime = (timeline.epochs[0] ?? Number.POSITIVE_INFINITY) <= coverage.window.from + DAY;
  const rules = newest.groups.flatMap((group) => {
    const exposure = exposureOf(attached.get(group.id) ?? [], coverage);
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

function exposureOf(interfaces: readonly NetworkInterface[], coverage: Coverage): Exposure {
  const covered = interfaces.flatMap(({ id }) => coverage.interfaces.get(id) ?? []);
  const reasons = new Set<Reason>();
  if (covered.length < interfaces.length) reasons.add('unlogged-interface');
  for (const one of covered) for (const reason of shortcomings(one)) reasons.add(reason);
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
  const against = used ? [] : reasonsAgainst(usage, context);
  const verdict = used ? 'used' : against.length > 0 ? 'undecided' : 'unused';
  const age = since === null ? Number.POSITIVE_INFINITY : Math.max(0, coverage.window.to - since);
  const observedDays = Math.min(context.observedSeconds, age) / DAY;
  const grade = gradeOf({
    verdict,
    proven: usage !== null && usage.connections.proven > 0,
    observedDays,
    attached,
    tellsSilence: coverage.tellsSilence,
    inventoryInTime: context.inventoryInTime,
  });
  const reasons: readonly Reason[] = verdict === 'unused' && attached === 0 ? ['no-interface'] : against;
  const evidence = { grade, observedDays, interfaces: { attached, logged }, gaps: context.gaps };
  return { rule, group, verdict, reasons, usage, evidence };
}

/** Why the absence of certain admissions does not prove the absence of use, in the order of `REASONS`. */
function reasonsAgainst(usage: RuleUsage | null, { attached, reasons, since, coverage }: RuleContext): Reason[] {
  const against = new Set<Reason>(reasons);
  if (usage) against.add('only-possible');
  if (usage?.byUnknownInterface) against.add('inventory-missing');
  if (attached > 0 && since !== null && since > coverage.window.from) against.add('rule-younger-than-window');
  return (Object.keys(REASONS) as Reason[]).filter((reason) => against.has(reason));
}

/** Since when each rule has had its present meaning: descriptions do not count. */
function sinceByRule(versions: readonly Version<SecurityGroupRule>[]): Map<string, number | null> {
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

/** By group: the interfaces that had it in an epoch of the window, each with its last state in it. */
function interfacesByGroup(timeline: State, window: Span): Map<string, NetworkInterface[]> {
  const byGroup = new Map<string, Map<string, NetworkInterface>>();
  const last = timeline.epochAt(window.to);
  for (let epoch = timeline.epochAt(window.from); epoch <= last; epoch++) {
    for (const one of timeline.snapshotAt(timeline.epochs[epoch] ?? 0).interfaces) {
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
