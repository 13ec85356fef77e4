import { describe, expect, it } from 'vitest';
import { indexByRules, toCurveScale } from './curve-scale.ts';
import { ANSWER } from './example.ts';

const SIZE = { width: 600, height: 200 };
const scale = toCurveScale(ANSWER, 'ipv4', SIZE);

describe('the scale of a curve', () => {
  it('puts rules along the width and openness up by powers of ten', () => {
    const [first, second, last] = scale.points;
    expect([first?.x, second?.x, last?.x]).toEqual([0, 100, 600]);
    const height = (value: number): number => 200 - ((Math.log10(value) - 0) / 13) * 200;
    expect(first?.y).toBeCloseTo(height(2 ** 32));
    expect(second?.y).toBeCloseTo(height(4096));
    expect(scale.todayY).toBeCloseTo(height(2 ** 40));
  });

  it('never puts a bound above its point', () => {
    for (const { y, boundY } of scale.points) expect(boundY).toBeGreaterThanOrEqual(y);
  });

  it('has few ticks, all of them within the plot', () => {
    expect(scale.ticksY.length).toBeLessThanOrEqual(6);
    for (const { y } of scale.ticksY) expect(y).toBeGreaterThanOrEqual(0);
    expect(scale.ticksX.map(({ rules }) => rules)).toEqual([3, 4, 5, 6, 7, 8, 9]);
    const narrow = toCurveScale(ANSWER, 'ipv4', { width: 90, height: 200 });
    expect(narrow.ticksX.map(({ rules }) => rules)).toEqual([5]);
  });

  it('measures what would have been cut later against a round share', () => {
    expect(scale.topShare).toBe(0.02);
    expect(scale.points.map(({ laterHeight }) => laterHeight)).toEqual([0, 0, 90]);
  });

  it('finds the nearest point of a number of rules, and of a place', () => {
    expect([1, 3, 5, 8, 100].map(scale.nearest)).toEqual([0, 0, 1, 2, 2]);
    expect([-5, 40, 61, 340, 360].map(scale.at)).toEqual([0, 0, 1, 1, 2]);
  });

  it('stands for nothing open and for a single point', () => {
    const [only] = ANSWER.curve;
    if (only === undefined) throw new Error('no point');
    const closed = { ...only, openness: { ...only.openness, ipv4: 0 }, bound: { ipv4: 0, ipv6: 0 } };
    const { points } = toCurveScale({ curve: [closed], now: closed.openness }, 'ipv4', SIZE);
    expect(points).toEqual([{ index: 0, x: 300, y: 200, boundY: 200, laterHeight: 0 }]);
  });
});

it('a number of rules without a point is the suggested one', () => {
  expect([9, 5, null].map((rules) => indexByRules(ANSWER.curve, rules, ANSWER.chosen))).toEqual([2, 1, 1]);
});
