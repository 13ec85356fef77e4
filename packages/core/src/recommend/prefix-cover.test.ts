/** Exact covers, held against every set of prefixes that there is. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { listOf, type Partition, partitions, someSorted, UNIVERSES, type Universe } from '../../test/tiny-universe.ts';
import { AddressSet } from '../net/address-set.ts';
import { prefixContains } from '../net/prefix.ts';
import { AddressList } from './address-list.ts';
import { PrefixCover } from './prefix-cover.ts';

const lengthsOf = ({ length }: Universe, places: readonly number[], depths: Partition): Uint8Array =>
  Uint8Array.from(places, (place) => length + (depths[place] as number));

const sizeOf = ({ bits, length }: Universe, depth: number): number => 2 ** (bits - length - depth);

/**
 * By k: the least number of addresses that at most k prefixes hold, by trying for the first place that none holds every
 * prefix that may be proposed for it, and so on.
 */
function leastByForce(universe: Universe, places: readonly number[], shortest: Partition, leaves: Partition): number[] {
  const least = places.map(() => Number.POSITIVE_INFINITY);
  const visit = (left: readonly number[], count: number, size: number): void => {
    const [first] = left;
    if (first === undefined) {
      for (let k = count; k <= least.length; k++) least[k - 1] = Math.min(least[k - 1] as number, size);
      return;
    }
    if (count === least.length) return;
    for (let depth = shortest[first] as number; depth <= (leaves[first] as number); depth++) {
      const isHeld = (place: number) => place >> (4 - depth) === first >> (4 - depth);
      // No prefix is narrower than the block of what it holds, nor goes beyond what is allowed for it.
      if (left.some((place) => isHeld(place) && (leaves[place] as number) < depth)) continue;
      if (left.some((place) => isHeld(place) && (shortest[place] as number) > depth)) continue;
      visit(
        left.filter((place) => !isHeld(place)),
        count + 1,
        size + sizeOf(universe, depth),
      );
    }
  };
  visit(places, 0, 0);
  return least;
}

describe.each(UNIVERSES)('the cover of addresses of IPv$family', (universe) => {
  it('is the least for every number of prefixes, whatever is allowed and however wide the blocks are', () => {
    fc.assert(
      fc.property(someSorted(7), partitions, fc.integer({ min: 1, max: 8 }), (places, [allowed, blocks], limit) => {
        const list = listOf(universe, places);
        const [leaves, shortest] = [lengthsOf(universe, places, blocks), lengthsOf(universe, places, allowed)];
        const cover = new PrefixCover(list, leaves, shortest, limit);
        const least = leastByForce(universe, places, allowed, blocks);
        const blockIds = places.map(
          (place) => (place >> (4 - (blocks[place] as number))) + 2 ** (blocks[place] as number),
        );
        expect(cover.most).toBe(Math.min(limit, new Set(blockIds).size));
        for (let k = 1; k <= Math.min(limit, places.length); k++) {
          expect(cover.sizes[Math.min(k, cover.most)]).toBe(least[k - 1]);
        }
        const fewest = least.findIndex(Number.isFinite) + 1;
        expect(cover.fewest).toBe(fewest > limit ? Number.POSITIVE_INFINITY : fewest);
      }),
      { numRuns: 200 },
    );
  });

  it('is made of prefixes that are allowed, hold every address and have the size that is promised', () => {
    fc.assert(
      fc.property(someSorted(12), partitions, (places, [allowed, blocks]) => {
        const list = listOf(universe, places);
        const [leaves, shortest] = [lengthsOf(universe, places, blocks), lengthsOf(universe, places, allowed)];
        const cover = new PrefixCover(list, leaves, shortest, 12);
        for (let k = cover.fewest; k <= cover.most + 1; k++) {
          const prefixes = cover.prefixes(k);
          expect(prefixes.length).toBe(Math.min(k, cover.most));
          const set = AddressSet.ofPrefixes(prefixes);
          expect(Number(set.size())).toBe(cover.sizes[Math.min(k, cover.most)]);
          places.forEach((_, index) => {
            const address = { family: universe.family, bits: list.value(index) } as const;
            const [holder, another] = prefixes.filter((prefix) => prefixContains(prefix, address));
            expect(another).toBeUndefined();
            expect(holder?.length).toBeGreaterThanOrEqual(shortest[index] as number);
            expect(holder?.length).toBeLessThanOrEqual(leaves[index] as number);
          });
        }
      }),
      { numRuns: 100 },
    );
  });
});

it('never gains less than nothing from another prefix', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 0xffff_ffff }), { minLength: 1, maxLength: 60 }), (values) => {
      const places = [...values].sort((a, b) => a - b);
      const data = Uint32Array.from(places);
      const list = new AddressList(4, data);
      const cover = new PrefixCover(list, new Uint8Array(data.length).fill(32), new Uint8Array(data.length), 40);
      expect(cover.fewest).toBe(1);
      for (let k = 2; k <= cover.most; k++) {
        expect(cover.sizes[k]).toBeLessThanOrEqual(cover.sizes[k - 1] as number);
      }
      if (data.length <= 40) expect(cover.sizes[cover.most]).toBe(data.length);
    }),
  );
});
