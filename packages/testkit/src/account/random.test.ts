import { describe, expect, it } from 'vitest';
import { Random } from './random.ts';

const draw = (random: Random, count: number) => Array.from({ length: count }, () => random.uint32());

describe('Random', () => {
  it('gives the same numbers for the same seed, on every machine', () => {
    expect(draw(new Random(1), 4)).toEqual(draw(new Random(1), 4));
    expect(draw(new Random(1), 4)).toMatchInlineSnapshot(`
      [
        1771943286,
        2547028168,
        3428534565,
        3996612980,
      ]
    `);
  });

  it('gives different numbers for other seeds and streams', () => {
    const first = draw(new Random(1), 8);
    for (const other of [new Random(2), new Random(1, 1), new Random(0xffffffff)])
      expect(draw(other, 8)).not.toEqual(first);
  });

  it('is uniform enough: each of 16 classes within 5 % of its share, and neighbours do not depend on each other', () => {
    const random = new Random(7);
    const count = 160_000;
    const classes = new Array<number>(16).fill(0);
    const pairs = new Array<number>(256).fill(0);
    let before = 0;
    for (let i = 0; i < count; i++) {
      const drawn = random.below(16);
      classes[drawn] = (classes[drawn] as number) + 1;
      const pair = before * 16 + drawn;
      pairs[pair] = (pairs[pair] as number) + 1;
      before = drawn;
    }
    for (const hits of classes) expect(Math.abs(hits / (count / 16) - 1)).toBeLessThan(0.05);
    for (const hits of pairs) expect(Math.abs(hits / (count / 256) - 1)).toBeLessThan(0.2);
  });

  it('keeps to its bounds', () => {
    const random = new Random(3);
    for (let i = 0; i < 5000; i++) {
      expect(random.between(5, 7)).toBeGreaterThanOrEqual(5);
      expect(random.between(5, 7)).toBeLessThanOrEqual(7);
      expect(random.next()).toBeLessThan(1);
    }
    expect(random.hex(17)).toMatch(/^[0-9a-f]{17}$/);
  });
});
