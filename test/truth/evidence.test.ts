/**
 * The promise where history is hidden: accounts that change, of which captures show a part, or flow logs do. `npm run
 * truth` runs as many more as you like, each with every kind of evidence.
 */
import { EVIDENCE_KINDS, type EvidenceKind } from '@flowfit/testkit/account/evidence';
import { beforeAll, describe, expect, it } from 'vitest';
import { LOGS } from './cases.ts';
import { type EvidenceRun, runEvidence } from './run-evidence.ts';

/** The accounts of truth.test.ts have whole evidence. */
const KINDS = EVIDENCE_KINDS.filter((kind) => kind !== 'all');
const SEEDS = KINDS.length * LOGS.length;

/** Every kind meets every log: logs take turns from seed to seed, kinds too, but for one step more in each round. */
const kindOf = (seed: number): EvidenceKind =>
  KINDS[(seed + Math.floor(seed / KINDS.length)) % KINDS.length] as EvidenceKind;

describe('where history is hidden', () => {
  let run: EvidenceRun;
  beforeAll(async () => {
    run = await runEvidence({ first: 0, count: SEEDS, records: 1200, kindsOf: (seed) => [kindOf(seed)] });
  }, 600_000);

  it('no used rule is called unused, no unused one is called used, and what is proven is true', () => {
    expect(run.faults).toEqual([]);
  });

  it('every kind of evidence meets logs with flags and logs without', () => {
    const met = run.scores.filter(({ seeds }) => seeds === 2);
    expect(met.length).toBe(2 * KINDS.length);
    for (const { used, unused } of met) {
      expect(used).toBeGreaterThan(60);
      expect(unused).toBeGreaterThan(120);
    }
  });

  it('unused rules are still found', () => {
    const total = run.scores.reduce((sum, { unused }) => sum + unused, 0);
    const found = run.scores.reduce((sum, { counts }) => sum + counts.get('unused>unused'), 0);
    expect(found / total).toBeGreaterThan(0.3);
  });
});
