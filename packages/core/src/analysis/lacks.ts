/**
 * What the account as a whole lacks for more verdicts: the reasons of all undecided rules added up, the most frequent
 * first, and how much of the window the captures cover. Shown on top of rules, groups, findings and reports.
 */
import { formatTime } from '../filter/time.ts';
import type { Timeline } from '../inventory/timeline.ts';
import { type Coverage, HOUR } from './coverage.ts';
import { plural } from './findings/describe.ts';
import { REASON_CODES, REASONS, type Reason } from './reasons.ts';
import type { RuleVerdict } from './verdict.ts';

export interface Lack {
  readonly reason: Reason;
  /** Undecided rules that have the reason. */
  readonly rules: number;
  readonly meaning: string;
  /** What to do; null = nothing decides it. */
  readonly decide: string | null;
}

export interface AccountLacks {
  readonly rules: { readonly used: number; readonly unused: number; readonly undecided: number };
  /** How the captures lie to the window; null where there are captures on both sides of all but an hour of it. */
  readonly inventory: string | null;
  /** By number of rules. */
  readonly reasons: readonly Lack[];
}

export function lacksOf(
  rules: readonly Pick<RuleVerdict, 'verdict' | 'reasons'>[],
  { epochs }: Pick<Timeline, 'epochs'>,
  { window }: Pick<Coverage, 'window'>,
): AccountLacks {
  const counts = { used: 0, unused: 0, undecided: 0 };
  const byReason = new Map<Reason, number>();
  for (const { verdict, reasons } of rules) {
    counts[verdict]++;
    if (verdict !== 'undecided') continue;
    for (const reason of reasons) byReason.set(reason, (byReason.get(reason) ?? 0) + 1);
  }
  const reasons = REASON_CODES.filter((reason) => byReason.has(reason))
    .map((reason) => ({ reason, rules: byReason.get(reason) ?? 0, ...REASONS[reason] }))
    .sort((a, b) => b.rules - a.rules);
  return { rules: counts, inventory: describeCaptures(epochs, window), reasons };
}

/** `71 of 140 rules are undecided`, without an end, so that a view can go on. */
export function undecidedShare({ rules: { used, unused, undecided } }: AccountLacks): string {
  const all = plural(used + unused + undecided, 'rule');
  return `${undecided} of ${all} ${undecided === 1 ? 'is' : 'are'} undecided`;
}

function describeCaptures(epochs: readonly number[], window: Coverage['window']): string | null {
  const [first, last] = [epochs[0], epochs.at(-1)];
  if (first === undefined || last === undefined) return 'There is no inventory, so nothing can be said of rules.';
  const length = window.to - window.from;
  const early = Math.min(length, first - window.from);
  const late = Math.min(length, window.to - last);
  if (Math.max(early, late) <= HOUR) return null;
  const captures =
    epochs.length === 1
      ? `The inventory was captured once, at ${formatTime(first)}.`
      : `The inventory was captured ${epochs.length} times, from ${formatTime(first)} to ${formatTime(last)}.`;
  const parts = [
    ...(early > HOUR ? [`before ${partOf('first', early, length)}`] : []),
    ...(late > HOUR ? [`after ${partOf('last', late, length)}`] : []),
  ];
  return `${captures} No capture comes ${parts.join(', and none ')}: what was different then is not known.`;
}

function partOf(which: 'first' | 'last', seconds: number, length: number): string {
  return seconds === length ? 'the window' : `the ${which} ${durationText(seconds)} of the window`;
}

/** Rounded, in the largest unit of which there are two. */
function durationText(seconds: number): string {
  if (seconds >= 2 * 24 * HOUR) return plural(Math.round(seconds / (24 * HOUR)), 'day');
  if (seconds >= 2 * HOUR) return plural(Math.round(seconds / HOUR), 'hour');
  return plural(Math.round(seconds / 60), 'minute');
}
