import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AddressSet } from './address-set.ts';
import { formatPrefix } from './prefix.ts';
import { summarize } from './summary.ts';

const summary = (texts: readonly string[], limit: number) =>
  summarize(AddressSet.parse(texts), limit).map(formatPrefix);

describe('summarize', () => {
  it('holds everything in few enough prefixes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.ipV4(), fc.ipV6()), { maxLength: 30 }),
        fc.integer({ min: 1, max: 5 }),
        (texts, limit) => {
          const set = AddressSet.parse(texts);
          const prefixes = summarize(set, limit);
          expect(AddressSet.ofPrefixes(prefixes).includes(set)).toBe(true);
          for (const family of [4, 6])
            expect(prefixes.filter((prefix) => prefix.family === family).length).toBeLessThanOrEqual(limit);
        },
      ),
    );
  });

  it('is tight where addresses are close', () => {
    const offices = ['203.0.113.4', '203.0.113.5', '198.51.100.7'];
    expect(summary(offices, 3)).toEqual(['198.51.100.7/32', '203.0.113.4/31']);
    expect(summary(offices, 2)).toEqual(['198.51.100.7/32', '203.0.113.4/31']);
    expect(summary([], 2)).toEqual([]);
    expect(summary(['10.0.0.0/8', '2001:db8::1'], 1)).toEqual(['10.0.0.0/8', '2001:db8::1/128']);
  });
});
