/** The account over time: its hosts, and one inventory per stretch in which nothing changed. */
import type { InventorySnapshot } from '@flowfit/core/inventory/model';
import { CHANGES, type Change } from './changes.ts';
import { CHURN } from './churn.ts';
import { AccountDraft } from './draft.ts';
import type { Host } from './host.ts';
import { buildInternet, type Internet } from './internet.ts';
import type { ResolvedOptions } from './options.ts';
import { Random } from './random.ts';
import { type BuildContext, type BuiltVpc, buildSite, SITES } from './sites.ts';

/** What held from one change to the next. */
export interface AccountState {
  /** Unix seconds; also the name of its directory. */
  readonly from: number;
  /** First aggregation interval of the state. */
  readonly step: number;
  readonly changes: readonly string[];
  readonly snapshot: InventorySnapshot;
}

export interface World {
  readonly hosts: readonly Host[];
  readonly internet: Internet;
  readonly states: readonly AccountState[];
}

export function buildWorld(options: ResolvedOptions): World {
  const random = new Random(options.seed, 1);
  const internet = buildInternet(options, random);
  const context: BuildContext = { draft: new AccountDraft(random), hosts: [], options, internet, random };
  const vpcs = SITES.slice(0, options.sites).flatMap((site) => buildSite(context, site).slice(0, 1));
  const states = [stateOf(context, 0, [])];
  for (const [step, due] of changesByStep(options)) states.push(stateAfter(context, vpcs, due, step, states.length));
  return { hosts: context.hosts, internet, states };
}

/** Intervals that begin with changes, in their order; simulations too short for a change go without it. */
function changesByStep({ features, steps }: ResolvedOptions): Map<number, Change[]> {
  const made = features.changes ? [...CHANGES, ...(features.churn ? CHURN : [])].sort((a, b) => a.at - b.at) : [];
  const bySteps = new Map<number, Change[]>();
  for (const change of made) {
    const step = Math.floor(change.at * steps);
    if (step > 0) bySteps.set(step, [...(bySteps.get(step) ?? []), change]);
  }
  return bySteps;
}

function stateAfter(
  context: BuildContext,
  vpcs: readonly BuiltVpc[],
  due: readonly Change[],
  step: number,
  epoch: number,
): AccountState {
  const moment = { epoch, seconds: secondsOf(context.options, step) };
  for (const { apply } of due) for (const vpc of vpcs) apply(context, vpc, moment);
  return stateOf(
    context,
    step,
    due.map(({ description }) => description),
  );
}

const secondsOf = ({ start, aggregationInterval }: ResolvedOptions, step: number): number =>
  start + step * aggregationInterval;

function stateOf({ draft, options }: BuildContext, step: number, changes: readonly string[]): AccountState {
  const from = secondsOf(options, step);
  return { from, step, changes, snapshot: draft.snapshot(isoOf(from)) };
}

const isoOf = (seconds: number): string => new Date(seconds * 1000).toISOString();

/** The state in force at a time, captured then; before the beginning it is the first one. */
export function captureAt(states: readonly AccountState[], seconds: number): InventorySnapshot {
  const { snapshot } = (states.findLast(({ from }) => from <= seconds) ?? states[0]) as AccountState;
  return { ...snapshot, capturedAt: isoOf(seconds) };
}

/** When the simulation ends: no record begins then or later. */
export const endOf = (options: ResolvedOptions): number => secondsOf(options, options.steps);

/**
 * When a careful owner captures: at the start, right before and right after each change, and at the end, so that
 * everything is captured on both sides.
 */
export function carefulInstants({
  options,
  states,
}: {
  options: ResolvedOptions;
  states: readonly AccountState[];
}): number[] {
  const changes = states.slice(1).flatMap(({ from }) => [from - 1, from]);
  return [options.start, ...changes, endOf(options)];
}
