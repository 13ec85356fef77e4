/** The account over time: its hosts, and one inventory per stretch in which nothing changed. */
import type { InventorySnapshot } from '@flowfit/core/inventory/model';
import { CHANGES } from './changes.ts';
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
  if (options.features.changes)
    for (const step of changeSteps(options)) states.push(change(context, vpcs, step, states.length));
  return { hosts: context.hosts, internet, states };
}

/** Intervals that begin with a change; simulations too short for a change go without it. */
function changeSteps({ steps }: ResolvedOptions): number[] {
  const at = CHANGES.map(({ at }) => Math.floor(at * steps)).filter((step) => step > 0);
  return [...new Set(at)];
}

function change(context: BuildContext, vpcs: readonly BuiltVpc[], step: number, epoch: number): AccountState {
  const due = CHANGES.filter(({ at }) => Math.floor(at * context.options.steps) === step);
  for (const { apply } of due) for (const vpc of vpcs) apply(context, vpc, epoch);
  return stateOf(
    context,
    step,
    due.map(({ description }) => description),
  );
}

function stateOf({ draft, options }: BuildContext, step: number, changes: readonly string[]): AccountState {
  const from = options.start + step * options.aggregationInterval;
  return { from, step, changes, snapshot: draft.snapshot(new Date(from * 1000).toISOString()) };
}
