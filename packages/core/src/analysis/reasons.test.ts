import { describe, expect, it } from 'vitest';
import { DOUBT } from '../security-group/doubt.ts';
import { byRemedy, REASON_OF_DOUBT, REASONS } from './reasons.ts';

describe('the table of reasons', () => {
  it.each(Object.entries(REASONS))(
    'says of %s in whole sentences what it means and what decides it',
    (code, reason) => {
      expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/);
      expect(reason.meaning).toMatch(/^[A-Z].*\.$/);
      expect(reason.decide ?? 'Nothing.').toMatch(/^[A-Z].*\.$/);
    },
  );

  it('has a reason for every doubt', () => {
    expect(REASON_OF_DOUBT.map(([bit]) => bit).sort((a, b) => a - b)).toEqual(Object.values(DOUBT));
  });
});

describe('byRemedy', () => {
  it('says once what decides several things, in the order of the first', () => {
    const of = (id: number, decide: string | null) => ({ id, decide });
    expect(byRemedy([of(1, 'wait'), of(2, null), of(3, 'ask'), of(4, 'wait')])).toEqual([
      { decide: 'wait', items: [of(1, 'wait'), of(4, 'wait')] },
      { decide: null, items: [of(2, null)] },
      { decide: 'ask', items: [of(3, 'ask')] },
    ]);
    expect(byRemedy([])).toEqual([]);
  });
});
