/** What is said where the inventory is out of date: the traffic that it cannot explain, and no more. */
import { describe, expect, it } from 'vitest';
import { caseOf } from './cases.ts';
import { observe } from './observe.ts';
import { acceptedByEarlierStates, acceptedInSpite } from './unexplained.ts';
import { scoreVerdicts } from './verdicts.ts';

/** Accounts whose records have flags, and others. */
const SEEDS = [2, 3, 6];
const ALL_SEEDS = [...SEEDS, 4, 5];

/** Accounts change in the course of time by hand only, and all of their records are delivered. */
const withChanges = (seed: number) => {
  const { format, options } = caseOf(seed, 2500);
  const features = { ...options.features, changes: true, churn: false, skipData: false };
  return { format, options: { ...options, features } };
};

describe('an inventory', () => {
  it.each(SEEDS)('of the end alone leaves unexplained what only earlier states admitted (seed %i)', async (seed) => {
    const observation = await observe({ ...withChanges(seed), inventoryOf: (snapshots) => snapshots.slice(-1) });
    const expected = acceptedByEarlierStates(observation);
    expect(expected.length).toBeGreaterThan(0);
    expect(acceptedInSpite(observation)).toEqual(expected);
    expect(scoreVerdicts(observation).usedCalledUnused).toEqual([]);
  });

  // Interfaces that are gone by then are unknown, and without flags and flow-direction nothing says whose end is whose.
  it.each([4, 20])('of the end alone keeps the promise without flags (seed %i)', async (seed) => {
    const observation = await observe({ ...withChanges(seed), inventoryOf: (snapshots) => snapshots.slice(-1) });
    expect(scoreVerdicts(observation).usedCalledUnused).toEqual([]);
  });

  it.each(ALL_SEEDS)('of the beginning and the end keeps the promise (seed %i)', async (seed) => {
    const observation = await observe({
      ...withChanges(seed),
      inventoryOf: (snapshots) => [snapshots[0], snapshots.at(-1)].flatMap((one) => one ?? []),
    });
    expect(scoreVerdicts(observation).usedCalledUnused).toEqual([]);
    expect(acceptedInSpite(observation)).toEqual([]);
  });

  it.each(ALL_SEEDS)('that misses every other change keeps the promise (seed %i)', async (seed) => {
    const observation = await observe({
      ...withChanges(seed),
      inventoryOf: (snapshots) => snapshots.filter((_, index) => index % 2 === 0),
    });
    expect(scoreVerdicts(observation).usedCalledUnused).toEqual([]);
  });
});
