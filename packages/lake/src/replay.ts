/** Replay of a lake: the core's replay over the conversations of a window. */
import type { ChangeSet } from '@flowfit/core/change/change-set';
import type { InventorySnapshot } from '@flowfit/core/inventory/model';
import { ReplayFold } from '@flowfit/core/replay/fold';
import type { Replay } from '@flowfit/core/replay/model';
import { loadSnapshots } from './inventory/timeline.ts';
import { newestOf, observe } from './observed.ts';
import type { Span } from './queries/span.ts';
import type { Window } from './queries/window.ts';
import { daysOf, dirtyWithin } from './relations.ts';
import type { LakeState } from './state.ts';

export interface LakeReplay {
  readonly replay: Replay;
  /** As asked for; the lake's own bounds where nothing was said. Whole hours were looked at. */
  readonly window: Span;
  /** What the change is a change of. */
  readonly today: InventorySnapshot;
  /** Days of the window with records that are not rolled up yet, and were not looked at. */
  readonly pendingDays: number;
}

/**
 * Holds the connections of the whole hours that a window touches against a changed state.
 *
 * @param change of the newest inventory (`newestInventory` in `./observed.ts`)
 */
export const replayLake = async (
  lake: LakeState,
  window: Window,
  change: ChangeSet,
  signal?: AbortSignal,
): Promise<LakeReplay> => {
  const observed = await observe(lake, window, signal);
  const { timeline, span, hours } = observed;
  const fold = new ReplayFold({ snapshots: loadSnapshots(lake), timeline, change }, observed.options);
  for await (const list of observed.conversationLists()) for (const conversation of list) fold.add(conversation);
  for await (const traffic of observed.undirected()) fold.addUndirected(traffic);
  const pendingDays = dirtyWithin(lake, daysOf(hours.from, hours.to)).length;
  return { replay: fold.result(), window: span, today: newestOf(timeline), pendingDays };
};
