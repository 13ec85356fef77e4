/** The division of rules among slots, held against every division that there is. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Choice, divide, type Point, type Room } from './curve.ts';
import { shareOf } from './openness.ts';
import type { Option, Slot } from './slot.ts';

type Rooms = Readonly<Record<Slot['direction'], Room>>;

const AMPLE: Rooms = { inbound: { 4: 99, 6: 99 }, outbound: { 4: 99, 6: 99 } };

/** Steps of rules and of openness that is taken away, from the last option on. */
const slots: fc.Arbitrary<Slot> = fc
  .record({
    direction: fc.constantFrom('inbound' as const, 'outbound' as const),
    family: fc.constantFrom(4 as const, 6 as const),
    weight: fc.integer({ min: 1, max: 3 }),
    steps: fc.array(fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 40 })), {
      minLength: 1,
      maxLength: 4,
    }),
  })
  .map(({ direction, family, weight, steps }): Slot => {
    const options = steps.map(([rules], index): Option => {
      const count = steps.slice(0, index).reduce((sum, [more]) => sum + more, rules);
      const open = steps.slice(index).reduce((sum, [, less]) => sum + less, 0);
      return {
        rules: count,
        weight: { 4: family === 4 ? weight * count : 0, 6: family === 6 ? weight * count : 0 },
        ipv4: family === 4 ? open * 2 ** 32 : 0,
        ipv6: family === 6 ? open * 2 ** 128 : 0,
        pieces: () => [],
      };
    });
    return { kind: `${direction} 6`, direction, options, bound: () => ({ ipv4: 0, ipv6: 0 }) };
  });

const optionsOf = (some: readonly Slot[], choice: Choice): Option[] =>
  some.map(({ options }, slot) => options[choice[slot] as number] as Option);

const shareAt = (some: readonly Slot[], choice: Choice): number =>
  optionsOf(some, choice).reduce((sum, option) => sum + shareOf(option), 0);

const isWithin = (some: readonly Slot[], choice: Choice, room: Rooms): boolean =>
  (['inbound', 'outbound'] as const).every((direction) =>
    ([4, 6] as const).every((family) => {
      const own = optionsOf(some, choice).filter((_, slot) => some[slot]?.direction === direction);
      return own.reduce((sum, { weight }) => sum + weight[family], 0) <= room[direction][family];
    }),
  );

const everyChoice = (some: readonly Slot[]): number[][] =>
  some.reduce<number[][]>(
    (all, { options }) => all.flatMap((choice) => options.map((_, index) => [...choice, index])),
    [[]],
  );

/** By rules: the least share of all divisions. */
function frontierOf(some: readonly Slot[]): [rules: number, share: number][] {
  const best = new Map<number, number>();
  for (const choice of everyChoice(some)) {
    const rules = optionsOf(some, choice).reduce((sum, option) => sum + option.rules, 0);
    best.set(rules, Math.min(best.get(rules) ?? Number.POSITIVE_INFINITY, shareAt(some, choice)));
  }
  return [...best].sort(([a], [b]) => a - b);
}

/** Points that lie below every line between two others. */
const cornersOf = (frontier: readonly [number, number][]): [number, number][] =>
  frontier.filter(([rules, share]) =>
    frontier.every(([fewer, more]) =>
      frontier.every(
        ([most, least]) =>
          fewer >= rules || most <= rules || share * (most - fewer) < more * (most - rules) + least * (rules - fewer),
      ),
    ),
  );

const few = fc.array(slots, { minLength: 1, maxLength: 4 });
const room = fc.record({ 4: fc.integer({ min: 0, max: 20 }), 6: fc.integer({ min: 0, max: 20 }) });

function expectSound(some: readonly Slot[], points: readonly Point[], rooms: Rooms): void {
  points.forEach(({ rules, choice }, index) => {
    expect(isWithin(some, choice, rooms)).toBe(true);
    expect(rules).toBe(optionsOf(some, choice).reduce((sum, option) => sum + option.rules, 0));
    if (index > 0) expect(rules).toBeGreaterThan(points[index - 1]?.rules ?? 0);
  });
}

describe('divide', () => {
  it('never goes over the room, begins with the fewest rules, and ascends', () => {
    fc.assert(
      fc.property(few, room, room, (some, inbound, outbound) => {
        const rooms = { inbound, outbound };
        const points = divide(some, rooms);
        const fewest = some.map(() => 0);
        expect(points === null).toBe(!isWithin(some, fewest, rooms));
        if (points === null) return;
        expect(points[0]?.choice).toEqual(fewest);
        expectSound(some, points, rooms);
      }),
      { numRuns: 200 },
    );
  });

  it('passes through every corner of what is possible, and never admits more with more rules', () => {
    fc.assert(
      fc.property(few, (some) => {
        const points = divide(some, AMPLE) ?? [];
        expectSound(some, points, AMPLE);
        const shares = new Map(points.map(({ rules, choice }) => [rules, shareAt(some, choice)]));
        const frontier = frontierOf(some);
        for (const [rules, share] of cornersOf(frontier)) expect(shares.get(rules)).toBe(share);
        for (const [rules, share] of shares) {
          expect(share).toBeGreaterThanOrEqual(new Map(frontier).get(rules) as number);
        }
        const inOrder = [...shares.values()];
        expect(inOrder).toEqual([...inOrder].sort((a, b) => b - a));
      }),
      { numRuns: 200 },
    );
  });

  it('fills up what is left where the next step is too long', () => {
    const slotOf = (...options: [rules: number, open: number][]): Slot => ({
      ...{ kind: 'inbound 6', direction: 'inbound', bound: () => ({ ipv4: 0, ipv6: 0 }) },
      options: options.map(([rules, open]) => ({
        ...{ rules, weight: { 4: rules, 6: 0 }, ipv4: open * 2 ** 40, ipv6: 0, pieces: () => [] },
      })),
    });
    const some = [slotOf([1, 100], [2, 99], [5, 0]), slotOf([1, 10], [2, 9])];
    const points = divide(some, { ...AMPLE, inbound: { 4: 6, 6: 0 } }) ?? [];
    expect(points.map(({ rules, choice }) => [rules, ...choice])).toEqual([
      [2, 0, 0],
      [3, 1, 0],
      [6, 2, 0],
    ]);
  });
});
