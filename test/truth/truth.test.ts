/**
 * The promise, on 60 simulated accounts: a rule that admitted traffic is never called unused. `npm run truth` runs as
 * many more as you like; what they say is in docs/explanation/how-well-verdicts-are-reached.md.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { LOGS, type LogName } from './cases.ts';
import type { LogScore } from './report.ts';
import { type Run, runSeeds } from './run.ts';

const SEEDS = 60;

describe('on simulated accounts', () => {
  let run: Run;
  beforeAll(async () => {
    run = await runSeeds({ first: 1, count: SEEDS, records: 1200 });
  }, 600_000);

  const scoreOf = (log: LogName) => run.scores.get(log) as LogScore;

  it('no used rule is called unused, nothing is unexplained, and no suggestion cuts a connection', () => {
    expect(run.faults).toEqual([]);
    expect(run.suggestions).toBeGreaterThan(SEEDS);
    expect(run.rejections).toBeGreaterThan(SEEDS);
  });

  describe.each(LOGS)('$name', ({ name, hasFlags }) => {
    it('has enough used and unused rules for the figures to mean something', () => {
      const score = scoreOf(name);
      expect(score.seeds).toBe(SEEDS / LOGS.length);
      expect(score.sum('used>used')).toBeGreaterThan(40 * score.seeds);
      expect(score.unused).toBeGreaterThan(60 * score.seeds);
      expect(score.connections).toBeGreaterThan(300 * score.seeds);
    });

    it('unused rules are found', () => {
      const { found, calledUsed } = scoreOf(name);
      expect(found.ofAll).toBeGreaterThan(0.85);
      expect(found.ofDecidable).toBeGreaterThanOrEqual(hasFlags ? 0.99 : 0.95);
      expect(calledUsed).toBeLessThanOrEqual(hasFlags ? 0 : 0.02);
    });

    it('connections are counted', () => {
      const score = scoreOf(name);
      expect(score.sum('counted')).toBeGreaterThan(90 * score.seeds);
      if (hasFlags) expect(score.sum('miscounted')).toBe(0);
    });

    it('what is proven of initiators is true', () => {
      const { initiators } = scoreOf(name);
      const proven = ['tcp-flags', 'tcp-flags-other-interval', 'other-interface', 'rule-elimination'];
      expect(proven.map((method) => initiators.get(`${method} wrong`))).toEqual([0, 0, 0, 0]);
      expect(initiators.get('rule-elimination right')).toBeGreaterThan(0);
      expect(initiators.get('tcp-flags right') > 0).toBe(hasFlags);
      const inferred = ['ports', 'fan-in'].map((method) => ({
        right: initiators.get(`${method} right`),
        wrong: initiators.get(`${method} wrong`),
      }));
      for (const { right, wrong } of inferred) expect(wrong).toBeLessThanOrEqual(0.02 * (right + wrong));
    });
  });
});
