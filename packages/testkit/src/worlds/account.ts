/** Tiny accounts, by seed: what really happened, and what is left of it. */
import type { Conversation } from '@flowfit/core/conversation/model';
import { Random } from '../account/random.ts';
import { type Encounter, makeConnection } from './connections.ts';
import { eliminate } from './eliminate.ts';
import { capture, captureTimes, converse, type Evidence, HABITS, type Habit, loggedSpans } from './evidence.ts';
import { type History, makeHistory, stateAt, WINDOW } from './history.ts';

export interface TinyAccount {
  readonly seed: number;
  readonly habit: Habit;
  readonly history: History;
  readonly evidence: Evidence;
  /** By index: what each conversation of the evidence really was. */
  readonly encounters: readonly Encounter[];
}

export function makeTinyAccount(seed: number): TinyAccount {
  const random = new Random(seed, 2);
  const history = makeHistory(new Random(seed, 1));
  const habit = random.pick(HABITS);
  const showsVpcs = random.chance(0.9);
  const snapshots = captureTimes(random, habit).map((seconds) => capture(history, seconds, showsVpcs));
  const encounters = makeEncounters(new Random(seed, 3), history);
  const undecided = { window: WINDOW, snapshots, conversations: converse(random, snapshots, encounters) };
  const evidence = { ...undecided, logged: loggedSpans(history) };
  const conversations: readonly Conversation[] = evidence.conversations.map((one) => eliminate(evidence, one));
  return { seed, habit, history, encounters, evidence: { ...evidence, conversations } };
}

/** At even seconds, so that nothing changes at the same instant. */
function makeEncounters(random: Random, history: History): Encounter[] {
  const seconds = (WINDOW.to - WINDOW.from) / 2;
  const times = Array.from({ length: random.between(3, 12) }, () => WINDOW.from + 2 * random.below(seconds));
  return [...new Set(times)].sort((a, b) => a - b).flatMap((at) => makeConnection(random, stateAt(history, at), at));
}
