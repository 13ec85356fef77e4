/** Replays of random changes on tiny accounts are right wherever the truth breaks no assumption that is named. */
import { beforeAll, describe, expect, it } from 'vitest';
import { compareReplays, type ReplayComparison } from './replay.ts';

describe('replays on tiny accounts', () => {
  let comparison: ReplayComparison;
  beforeAll(() => {
    comparison = compareReplays({ first: 1, count: 250 });
  });

  it('never keep what the truth cuts, nor cut what it keeps, but by a named assumption', () => {
    expect(comparison.faults.slice(0, 3).join('\n\n')).toBe('');
  });

  it('break assumptions hardly ever', () => {
    const broken = comparison.broken.entries().reduce((sum, [, count]) => sum + count, 0);
    expect(broken).toBeLessThan(20);
  });

  it('decide most connections, in every way', () => {
    const { outcomes } = comparison;
    const decided = ['kept passes passes', 'cut passes fails', 'newlyAdmitted fails passes', 'notToday fails fails'];
    for (const name of decided) expect(outcomes.get(name), name).toBeGreaterThan(5);
    const left = outcomes.get('unknown passes passes') + outcomes.get('unknown passes fails');
    expect(left).toBeLessThan((outcomes.get('kept passes passes') + outcomes.get('cut passes fails')) / 3);
  });
});
