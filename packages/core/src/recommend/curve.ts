/**
 * Divides a number of rules among the parts of a proposal.
 *
 * From the fewest rules on, each step gives more rules to the part where they take away most for each rule (steps along
 * the lower convex hull of each part). Where a step ends, no division of as many rules admits less: that is what is known
 * of such steps. In between the one part that gains most gets what is left.
 */
import { shareOf } from './openness.ts';
import type { Option, Slot } from './slot.ts';

/** Rules that a direction may have, each family counted apart; what stays is taken off beforehand. */
export interface Room {
  readonly 4: number;
  readonly 6: number;
}

/** By slot: the index of the option. */
export type Choice = readonly number[];

export interface Point {
  readonly rules: number;
  readonly choice: Choice;
}

/** Null where even the fewest rules are too many. Ascending by rules. */
export function divide(slots: readonly Slot[], room: Readonly<Record<'inbound' | 'outbound', Room>>): Point[] | null {
  const hulls = slots.map(({ options }) => hullOf(options));
  let choice = slots.map(() => 0);
  if (!fits(slots, choice, room)) return null;
  const points = [toPoint(slots, choice)];
  const full = slots.map(() => false);
  for (;;) {
    const step = bestStep(slots, hulls, choice, full);
    if (step === null) return points;
    const next = choice.map((index, slot) => (slot === step.slot ? step.option : index));
    if (!fits(slots, next, room)) {
      full[step.slot] = true;
      continue;
    }
    points.push(...between(slots, choice, rulesOf(slots, next), room), toPoint(slots, next));
    choice = next;
  }
}

const rulesOf = (slots: readonly Slot[], choice: Choice): number =>
  slots.reduce((sum, { options }, slot) => sum + (options[choice[slot] as number] as Option).rules, 0);

const toPoint = (slots: readonly Slot[], choice: Choice): Point => ({ rules: rulesOf(slots, choice), choice });

function fits(slots: readonly Slot[], choice: Choice, room: Readonly<Record<'inbound' | 'outbound', Room>>): boolean {
  const used = { inbound: { 4: 0, 6: 0 }, outbound: { 4: 0, 6: 0 } };
  slots.forEach(({ direction, options }, slot) => {
    const { weight } = options[choice[slot] as number] as Option;
    used[direction][4] += weight[4];
    used[direction][6] += weight[6];
  });
  return (['inbound', 'outbound'] as const).every(
    (direction) => used[direction][4] <= room[direction][4] && used[direction][6] <= room[direction][6],
  );
}

function bestStep(
  slots: readonly Slot[],
  hulls: readonly (readonly number[])[],
  choice: Choice,
  full: readonly boolean[],
): { readonly slot: number; readonly option: number } | null {
  let best: { readonly slot: number; readonly option: number; readonly gain: number } | null = null;
  hulls.forEach((hull, slot) => {
    const at = choice[slot] as number;
    const option = hull.find((index) => index > at);
    if (option === undefined || full[slot]) return;
    const gain = gainOf((slots[slot] as Slot).options, at, option);
    if (best === null || gain > best.gain) best = { slot, option, gain };
  });
  return best;
}

/** What a step takes away for each rule. */
function gainOf(options: readonly Option[], from: number, to: number): number {
  const [a, b] = [options[from] as Option, options[to] as Option];
  return (shareOf(a) - shareOf(b)) / (b.rules - a.rules);
}

/** Indexes of the options on the lower convex hull, the first and the last among them. */
function hullOf(options: readonly Option[]): number[] {
  const hull: number[] = [];
  options.forEach((_, index) => {
    while (hull.length >= 2) {
      const [before, last] = [hull.at(-2) as number, hull.at(-1) as number];
      if (gainOf(options, before, last) > gainOf(options, last, index)) break;
      hull.pop();
    }
    hull.push(index);
  });
  return hull;
}

/** For each number of rules up to the next point: one part with more than now. */
function between(
  slots: readonly Slot[],
  choice: Choice,
  end: number,
  room: Readonly<Record<'inbound' | 'outbound', Room>>,
): Point[] {
  const begin = rulesOf(slots, choice);
  const points: Point[] = [];
  for (let rules = begin + 1; rules < end; rules++) {
    let best: { readonly choice: Choice; readonly share: number } | null = null;
    slots.forEach(({ options }, slot) => {
      const at = choice[slot] as number;
      const most = (options[at] as Option).rules + rules - begin;
      const option = options.findLastIndex((one) => one.rules <= most);
      if (option <= at) return;
      const next = choice.map((index, one) => (one === slot ? option : index));
      const share = shareOf(options[option] as Option) - shareOf(options[at] as Option);
      if ((best === null || share < best.share) && fits(slots, next, room)) best = { choice: next, share };
    });
    const found = best as { readonly choice: Choice } | null;
    if (found !== null && rulesOf(slots, found.choice) === rules) points.push({ rules, choice: found.choice });
  }
  return points;
}
