/**
 * What really happened in a tiny account: a state, and events at random instants. Some interfaces live for minutes,
 * some addresses pass from one to the next, some rules change their meaning more than once.
 */
import type { InventorySnapshot } from '@flowfit/core/inventory/model';
import type { Random } from '../account/random.ts';
import { Draft } from './draft.ts';

export const HOUR = 3600;
const MIDNIGHT = Date.UTC(2024, 0, 1) / 1000;
/** The logs last a day; the account is looked at, and changes, for some hours more on both sides. */
export const WINDOW = { from: MIDNIGHT, to: MIDNIGHT + 24 * HOUR };
export const START = WINDOW.from - 6 * HOUR;
export const END = WINDOW.to + 6 * HOUR;

export interface Moment {
  /** Unix seconds, odd: connections and captures are at even ones. */
  readonly from: number;
  readonly event: string;
  readonly state: InventorySnapshot;
}

/** Ascending; the first begins at `START`. */
export type History = readonly Moment[];

export function stateAt(history: History, seconds: number): InventorySnapshot {
  return (history.findLast(({ from }) => from <= seconds) ?? (history[0] as Moment)).state;
}

type Event = (draft: Draft, random: Random, at: number) => string | null;

const EVENTS: readonly Event[] = [
  launch,
  terminate,
  (draft, random, at) => passOn(draft, random, at),
  putOn,
  takeOff,
  modify,
  modify,
  revoke,
  (draft, random) => draft.authorise(random.pick(draft.groups)),
  (draft) => draft.changeList(),
  (draft) => draft.changeList(),
  (draft) => (draft.peeringId === null ? null : draft.deletePeering()),
  moveAddress,
];

export function makeHistory(random: Random): History {
  const draft = new Draft(random, START);
  const moments: Moment[] = [{ from: START, event: 'begins', state: draft.state(START) }];
  const times = Array.from({ length: random.between(0, 10) }, () => START + 2 * random.below((END - START) / 2) + 1);
  for (const from of [...new Set(times)].sort((a, b) => a - b)) {
    const event = random.pick(EVENTS)(draft, random, from);
    if (event !== null) moments.push({ from, event, state: draft.state(from) });
  }
  return moments;
}

function launch(draft: Draft, _random: Random, at: number): string | null {
  const one = draft.launch(at);
  return one && `${one.id} is launched at ${one.addresses} with ${[...one.groupIds]}`;
}

function terminate(draft: Draft, random: Random): string | null {
  const mortal = draft.interfaces.slice(1);
  if (mortal.length === 0) return null;
  const { id } = random.pick(mortal);
  draft.terminate(id);
  return `${id} is terminated`;
}

/** An interface is replaced by another one with its address, as auto scaling does. */
function passOn(draft: Draft, random: Random, at: number): string | null {
  const mortal = draft.interfaces.slice(1);
  if (mortal.length === 0) return null;
  const { id, place, addresses } = random.pick(mortal);
  draft.terminate(id);
  const next = draft.launch(at, { address: addresses[0] as string, place });
  return next && `${id} gives ${addresses[0]} to ${next.id} with ${[...next.groupIds]}`;
}

function putOn(draft: Draft, random: Random): string | null {
  const one = random.pick(draft.interfaces);
  const { id } = random.pick(draft.groupsAt(one.place));
  if (one.groupIds.has(id)) return null;
  one.groupIds.add(id);
  return `${one.id} gets ${id}`;
}

function takeOff(draft: Draft, random: Random): string | null {
  const one = random.pick(draft.interfaces);
  if (one.groupIds.size < 2) return null;
  const id = random.pick([...one.groupIds]);
  one.groupIds.delete(id);
  return `${one.id} loses ${id}`;
}

function modify(draft: Draft, random: Random): string | null {
  const group = random.pick(draft.groups);
  return group.rules.length === 0 ? null : draft.modify(group, random.below(group.rules.length));
}

function revoke(draft: Draft, random: Random): string | null {
  const group = random.pick(draft.groups);
  if (group.rules.length < 2) return null;
  const [rule] = group.rules.splice(random.below(group.rules.length), 1);
  return `${rule?.id} is revoked`;
}

/** A secondary address comes or goes; the primary one never does. */
function moveAddress(draft: Draft, random: Random): string | null {
  const one = random.pick(draft.interfaces);
  if (one.addresses.length > 1) return `${one.id} loses ${one.addresses.pop()}`;
  const free = draft.freeAddresses(one.place);
  if (free.length === 0) return null;
  one.addresses.push(random.pick(free));
  return `${one.id} gets ${one.addresses.at(-1)}`;
}
