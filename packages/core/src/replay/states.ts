/**
 * The two pasts that a replay compares, with the capture times of the real one:
 *
 *   today      interfaces, addresses and memberships as each capture shows them, with the rules and entries of today
 *   proposed   the same, had the change been made before it
 *
 * So a reference means the members of its time in both, but for what the change itself says of interfaces.
 */
import { applyChange, type ChangeSet, withTodaysRules } from '../change/change-set.ts';
import { isSameJson } from '../inventory/json.ts';
import type { InventorySnapshot } from '../inventory/model.ts';
import { createTimeline, placeOf, type Timeline } from '../inventory/timeline.ts';

export interface ReplayStates {
  readonly today: Timeline;
  readonly proposed: Timeline;
}

export interface RealPast {
  readonly snapshots: readonly InventorySnapshot[];
  readonly timeline: Timeline;
  /** The newest state. */
  readonly today: InventorySnapshot;
}

/** `today` is the real timeline itself where rules and entries have always been what they are. */
export function replayStates({ snapshots, timeline, today }: RealPast, change: ChangeSet): ReplayStates {
  const todays = withTodaysRules(snapshots, today).map((snapshot) => withNewer(snapshot, today, change));
  const isSame = todays.every((snapshot, index) => isSameJson(snapshot, snapshots[index]));
  return {
    today: isSame ? timeline : createTimeline(todays),
    proposed: createTimeline(todays.map((snapshot) => applyChange(snapshot, change))),
  };
}

/**
 * What older captures lack and today's rules, or the change, refer to: lists, and groups that interfaces get. A group
 * is added only where the capture shows others of its account: else it would seem to show that the others are gone.
 */
function withNewer(snapshot: InventorySnapshot, today: InventorySnapshot, change: ChangeSet): InventorySnapshot {
  const wanted = new Set(change.interfaces.flatMap(({ added }) => added));
  const places = new Set(snapshot.groups.map(placeOf));
  const groups = missing(snapshot.groups, today.groups).filter((one) => wanted.has(one.id) && places.has(placeOf(one)));
  const lists = missing(snapshot.prefixLists, today.prefixLists);
  if (groups.length + lists.length === 0) return snapshot;
  return {
    ...snapshot,
    groups: inOrder([...snapshot.groups, ...groups]),
    prefixLists: inOrder([...snapshot.prefixLists, ...lists]),
  };
}

function missing<T extends { readonly id: string }>(known: readonly T[], all: readonly T[]): readonly T[] {
  const ids = new Set(known.map(({ id }) => id));
  return all.filter(({ id }) => !ids.has(id));
}

const inOrder = <T extends { readonly id: string }>(items: readonly T[]): readonly T[] =>
  [...items].sort((a, b) => (a.id < b.id ? -1 : 1));
