import type { TightenPin } from '@flowfit/server/contract/tighten';
import { describe, expect, it } from 'vitest';
import { compareRules } from './compare.ts';
import { ANSWER, RULES } from './example.ts';

const at = (index: number, pins: readonly TightenPin[] = []) => {
  const point = ANSWER.curve[index];
  if (point === undefined) throw new Error('no such point');
  const { today, proposed } = compareRules(RULES, ANSWER, point, pins);
  return {
    today: today.map(({ rule, fate, replacedBy, because }) => [rule.ruleId, fate, [...replacedBy], because]),
    proposed: proposed.map(({ rule, number }) => [rule.ruleId, number]),
  };
};

describe('rules of today beside those of a point', () => {
  it('stay, are replaced by numbered new ones, dropped or left alone, each with the reason', () => {
    expect(at(1)).toEqual({
      today: [
        ['sgr-0b', 'replaced', [1, 2], null],
        ['sgr-0a', 'stays', [], null],
        ['sgr-0c', 'dropped', [], 'Nothing used it.'],
        ['sgr-0d', 'left', [], 'Undecided: the logs have gaps.'],
      ],
      proposed: [
        ['rule-0000000000000001', 1],
        ['rule-0000000000000002', 2],
        ['sgr-0a', null],
        ['sgr-0d', null],
      ],
    });
  });

  it('keep their places whatever the point', () => {
    const order = ANSWER.curve.map((_, index) => at(index).today.map(([id]) => id));
    expect(new Set(order.map(String)).size).toBe(1);
  });

  it('that one new rule stands for several of are all replaced by it', () => {
    const { today } = at(2);
    expect(today.filter(([, fate]) => fate === 'replaced')).toEqual([
      ['sgr-0b', 'replaced', [1, 2, 3], null],
      ['sgr-0a', 'replaced', [3], null],
    ]);
  });

  it('say that they are pinned, and why, rather than that they are left alone', () => {
    const pin: TightenPin = { kind: 'rule', ruleId: 'sgr-0d', reason: 'for recovery', expires: null };
    expect(at(1, [pin]).today.at(-1)).toEqual(['sgr-0d', 'pinned', [], 'for recovery']);
  });

  it('that another point drops were used: what they admitted is admitted by others', () => {
    const { today } = compareRules(RULES, { ...ANSWER, removed: [] }, { proposed: [0, 1] }, []);
    expect(today.map(({ because }) => because)).toEqual([
      'Other rules admit all that it admitted.',
      null,
      'It admitted nothing in the window.',
      'Undecided: the logs have gaps.',
    ]);
  });
});
