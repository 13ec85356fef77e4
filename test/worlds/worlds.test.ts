/** Verdicts have the meaning of possible worlds: held against an enumeration of all worlds of tiny accounts. */
import { beforeAll, describe, expect, it } from 'vitest';
import { type Comparison, compareAccounts } from './compare.ts';
import { undecidedOf } from './report.ts';

describe('verdicts on tiny accounts', () => {
  let comparison: Comparison;
  beforeAll(() => {
    comparison = compareAccounts({ first: 1, count: 2000 });
  });

  it('are unused in no world, used in all, and never against the truth but by a named assumption', () => {
    expect(comparison.faults.slice(0, 3).join('\n\n')).toBe('');
  });

  it('leave undecided hardly anything that an enumeration of all worlds decides', () => {
    const { share, undecided } = undecidedOf(comparison);
    expect(undecided).toBeGreaterThan(1000);
    expect(share).toBeLessThanOrEqual(0.05);
  });

  it('are of all kinds, beside all that the oracle says', () => {
    const seen = new Set(comparison.verdicts.entries().map(([name]) => name.split(' ').slice(1).join(' ')));
    expect([...seen]).toEqual(expect.arrayContaining(['all used', 'inferred used', 'some undecided', 'none unused']));
  });
});
