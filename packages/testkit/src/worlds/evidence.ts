/** What is left of a history: captures, conversations, and since and until when each interface was logged. */
import type { Conversation } from '@flowfit/core/conversation/model';
import type { InventorySnapshot, NetworkInterface } from '@flowfit/core/inventory/model';
import type { Random } from '../account/random.ts';
import type { Encounter } from './connections.ts';
import { secondsOf } from './documents.ts';
import { AWS_LIST } from './draft.ts';
import { END, type History, HOUR, START, stateAt, WINDOW } from './history.ts';
import { type Knowledge, observe } from './observe.ts';

export interface Evidence {
  /** Of the logs. */
  readonly window: Span;
  /** Ascending. */
  readonly snapshots: readonly InventorySnapshot[];
  readonly conversations: readonly Conversation[];
  /** First and last moment within the window of which each interface has records, if only NODATA. */
  readonly logged: ReadonlyMap<string, Span>;
}

/** Unix seconds, `to` excluded. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Kinds of inventories that people have. */
export const HABITS = ['last', 'later', 'first', 'earlier', 'middle', 'around', 'several', 'hourly'] as const;
export type Habit = (typeof HABITS)[number];

const even = (seconds: number): number => seconds - (seconds % 2);

export function captureTimes(random: Random, habit: Habit): number[] {
  const within = (from: number, to: number) => even(random.between(from, to));
  const times: Readonly<Record<Habit, () => number[]>> = {
    last: () => [WINDOW.to - 2],
    later: () => [within(WINDOW.to, END)],
    first: () => [WINDOW.from],
    earlier: () => [within(START, WINDOW.from)],
    middle: () => [within(WINDOW.from, WINDOW.to)],
    around: () => [within(START, WINDOW.from), within(WINDOW.to, END)],
    several: () => Array.from({ length: random.between(2, 4) }, () => within(WINDOW.from, WINDOW.to)),
    hourly: () => Array.from({ length: 25 }, (_, hour) => WINDOW.from + hour * HOUR),
  };
  return [...new Set(times[habit]())].sort((a, b) => a - b);
}

/** Of one account in one region, whole: all but the entries of AWS's lists, and sometimes the VPCs. */
export function capture(history: History, seconds: number, showsVpcs: boolean): InventorySnapshot {
  const state = stateAt(history, seconds);
  const hide = (list: InventorySnapshot['prefixLists'][number]) =>
    list.id === AWS_LIST ? { ...list, entries: null } : list;
  return {
    ...state,
    capturedAt: new Date(seconds * 1000).toISOString(),
    prefixLists: state.prefixLists.map(hide),
    vpcs: showsVpcs ? state.vpcs : [],
  };
}

export function converse(
  random: Random,
  snapshots: readonly InventorySnapshot[],
  encounters: readonly Encounter[],
): Conversation[] {
  // Version 2 records do not name the VPC.
  const namesVpc = random.chance(0.7);
  return encounters.map((encounter) => observe(random, encounter, knowledgeOf(snapshots, encounter, namesVpc)));
}

/** By the last capture that shows the interface by then, else by the first that does. */
function knowledgeOf(snapshots: readonly InventorySnapshot[], { at, interface: one }: Encounter, namesVpc: boolean) {
  const epoch = snapshots.findLastIndex((snapshot) => secondsOf(snapshot) <= at);
  const sightings = snapshots.map(({ interfaces }) => interfaces.find(({ id }) => id === one.id));
  const isThere = (sighting: NetworkInterface | undefined) => sighting !== undefined;
  const known = sightings.slice(0, epoch + 1).findLast(isThere) ?? sightings.find(isThere);
  const vpcId = known?.vpcId ?? (namesVpc ? one.vpcId : null);
  return { epoch, vpcId, groupIds: known?.groupIds ?? [] } satisfies Knowledge;
}

/** Every interface is logged as long as it lives; no id lives twice. */
export function loggedSpans(history: History): Map<string, Span> {
  const logged = new Map<string, Span>();
  history.forEach(({ state, ...moment }, index) => {
    const from = Math.max(moment.from, WINDOW.from);
    const to = Math.min(history[index + 1]?.from ?? END, WINDOW.to);
    if (from >= to) return;
    for (const { id } of state.interfaces) logged.set(id, { from: logged.get(id)?.from ?? from, to });
  });
  return logged;
}
