import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PortSet } from './port-set.ts';

/** Small numbers, so that ranges touch and overlap often; the model is a plain set. */
const ranges = fc.array(
  fc.tuple(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 0, max: 6 })).map(([a, n]) => [a, a + n] as const),
  { maxLength: 6 },
);

function model(pairs: readonly (readonly [number, number])[]): Set<number> {
  return new Set(pairs.flatMap(([a, b]) => Array.from({ length: b - a + 1 }, (_, i) => a + i)));
}

function members(set: PortSet): number[] {
  return [...model(set.toRanges())].sort((a, b) => a - b);
}

const sorted = (values: Iterable<number>) => [...values].sort((a, b) => a - b);

describe('PortSet', () => {
  it('does what a plain set of numbers does', () => {
    fc.assert(
      fc.property(ranges, ranges, (a, b) => {
        const [x, y] = [model(a), model(b)];
        const [p, q] = [PortSet.of(...a), PortSet.of(...b)];
        expect(members(p.union(q))).toEqual(sorted(new Set([...x, ...y])));
        expect(members(p.intersect(q))).toEqual(sorted([...x].filter((n) => y.has(n))));
        expect(members(p.subtract(q))).toEqual(sorted([...x].filter((n) => !y.has(n))));
        expect(p.size()).toBe(x.size);
        expect(p.isEmpty()).toBe(x.size === 0);
        expect(p.includes(q)).toBe([...y].every((n) => x.has(n)));
        expect(p.equals(q)).toBe(x.size === y.size && [...x].every((n) => y.has(n)));
        for (let n = 0; n < 40; n++) expect(p.contains(n)).toBe(x.has(n));
      }),
    );
  });

  it('is canonical: neither overlapping nor adjacent', () => {
    fc.assert(
      fc.property(ranges, (a) => {
        const pairs = PortSet.of(...a).toRanges();
        for (let i = 1; i < pairs.length; i++) expect(pairs[i]?.[0]).toBeGreaterThan((pairs[i - 1]?.[1] ?? 0) + 1);
      }),
    );
  });

  it('holds nothing in a range the wrong way round', () => {
    expect(PortSet.of([443, 80]).isEmpty()).toBe(true);
    expect(PortSet.ALL.size()).toBe(65536);
  });
});
