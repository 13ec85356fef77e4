import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Address, type Family, parseAddress } from './address.ts';
import { AddressSet } from './address-set.ts';
import { type AddressRange, formatPrefix } from './prefix.ts';

/** Ranges among the first forty addresses of both families. */
const ranges = fc.array(
  fc
    .tuple(fc.constantFrom<Family>(4, 6), fc.bigInt({ min: 0n, max: 30n }), fc.bigInt({ min: 0n, max: 6n }))
    .map(([family, first, n]): AddressRange => ({ family, first, last: first + n })),
  { maxLength: 8 },
);

const universe: Address[] = ([4, 6] as const).flatMap((family) =>
  Array.from({ length: 40 }, (_, i) => ({ family, bits: BigInt(i) })),
);

const inRanges = (list: readonly AddressRange[], { family, bits }: Address) =>
  list.some((range) => range.family === family && range.first <= bits && bits <= range.last);

describe('AddressSet', () => {
  it('does what membership says', () => {
    fc.assert(
      fc.property(ranges, ranges, (a, b) => {
        const [p, q] = [AddressSet.ofRanges(a), AddressSet.ofRanges(b)];
        const [inA, inB] = [a, b].map((list) => (address: Address) => inRanges(list, address));
        if (!inA || !inB) throw new Error('two lists');
        for (const address of universe) {
          expect(p.contains(address)).toBe(inA(address));
          expect(p.union(q).contains(address)).toBe(inA(address) || inB(address));
          expect(p.intersect(q).contains(address)).toBe(inA(address) && inB(address));
          expect(p.subtract(q).contains(address)).toBe(inA(address) && !inB(address));
        }
        expect(p.size()).toBe(BigInt(universe.filter(inA).length));
        expect(p.size(6)).toBe(BigInt(universe.filter((address) => address.family === 6 && inA(address)).length));
        expect(p.includes(q)).toBe(universe.every((address) => inA(address) || !inB(address)));
        expect(p.equals(q)).toBe(universe.every((address) => inA(address) === inB(address)));
      }),
    );
  });

  it('is the same set again after going through prefixes', () => {
    fc.assert(
      fc.property(ranges, (a) => {
        const set = AddressSet.ofRanges(a);
        expect(AddressSet.ofPrefixes(set.toPrefixes()).equals(set)).toBe(true);
      }),
    );
  });

  it('reads addresses and blocks of both families and ignores what is neither', () => {
    const set = AddressSet.parse(['10.0.0.0/25', '10.0.0.128/25', '2001:db8::1', 'sg-0a']);
    expect(set.toPrefixes().map(formatPrefix)).toEqual(['10.0.0.0/24', '2001:db8::1/128']);
    expect(set.contains(parseAddress('::ffff:10.0.0.9') ?? expect.fail())).toBe(true);
  });

  it('keeps the families apart', () => {
    expect(AddressSet.ALL_IPV4.intersect(AddressSet.ALL_IPV6).isEmpty()).toBe(true);
    expect(AddressSet.ALL.size(4)).toBe(1n << 32n);
  });
});
