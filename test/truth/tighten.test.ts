/**
 * The promise of a recommendation, on simulated accounts: nothing that was seen is cut, neither by the suggested rules
 * nor by the tightest, nor in the middle of the script. `npm run truth -- SEEDS FIRST RECORDS tighten` runs more.
 */

import { chosenPoint } from '@flowfit/core/recommend/document';
import { changeOfRecommendation } from '@flowfit/core/recommend/patch';
import { beforeAll, describe, expect, it } from 'vitest';
import { simulate } from './observe.ts';
import { median, runTighten, type TightenRun } from './run-tighten.ts';
import { followChange, recommendFor } from './tighten.ts';

const SEEDS = 12;
const DAY = 86_400;

describe('recommendations for simulated accounts', () => {
  let whole: TightenRun;
  let late: TightenRun;
  beforeAll(async () => {
    whole = await runTighten({ first: 1, count: SEEDS, records: 1200, kind: 'all' });
    late = await runTighten({ first: 1, count: SEEDS / 2, records: 1200, kind: 'after' });
  }, 600_000);

  it('cut nothing that was seen, in whole or on the way', () => {
    expect(whole.faults).toEqual([]);
    expect(whole.packets).toBeGreaterThan(100 * SEEDS);
    expect(whole.changed).toBeGreaterThan(whole.groups / 2);
  });

  it('take away nine tenths of the public space from most groups that are open to all', () => {
    expect(whole.falls.length).toBeGreaterThan(SEEDS);
    expect(median(whole.falls)).toBeGreaterThanOrEqual(0.9);
  });

  it('cut nothing either where one capture after the logs is all there is', () => {
    expect(late.faults).toEqual([]);
    expect(late.changed).toBeGreaterThan(0);
  });

  it('say what they would have cut later, as later days show', async () => {
    const options = { seed: 1, days: 14, aggregationInterval: 600, interfaces: 24, records: 12_000 } as const;
    const simulated = simulate({ format: 'v5', options: { ...options, features: { changes: false } } });
    const from = simulated.account.options.start + 10 * DAY;
    const snapshots = simulated.account.snapshots.filter(({ capturedAt }) => Date.parse(capturedAt) / 1000 <= from);
    const recommendation = await recommendFor(simulated, { snapshots, unlogged: new Set() }, { to: from });
    const said = recommendation.groups.map((one) => chosenPoint(one).laterCut);
    const later = followChange(
      simulated,
      changeOfRecommendation(recommendation, recommendation.analysis.snapshot),
      recommendation.analysis.snapshot,
      { from },
    );
    const sum = (key: 'connections' | 'of') => said.reduce((all, one) => all + one[key], 0);
    expect(later.connections).toBeGreaterThan(200);
    expect(Math.abs(sum('connections') / sum('of') - later.cutConnections / later.connections)).toBeLessThan(0.01);
  }, 120_000);
});
