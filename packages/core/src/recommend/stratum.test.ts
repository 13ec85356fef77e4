/** Blocks of the addresses at one range of ports: never nested, never wider than today, and two lists as one. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ruleOf } from '../../test/change-example.ts';
import {
  blockAt,
  listOf,
  partitions,
  SIZE,
  someSorted,
  textAt,
  UNIVERSES,
  type Universe,
} from '../../test/tiny-universe.ts';
import { AddressSet } from '../net/address-set.ts';
import { formatPrefix, toPrefix } from '../net/prefix.ts';
import { Space } from './space.ts';
import { mergeLists, shortestLengths, toStratum } from './stratum.ts';

const wide = (universe: Universe): string => formatPrefix(blockAt(universe, 0, 0));

const spaceOf = (...rules: string[]): Space =>
  new Space(
    rules.map((rule) => ruleOf('sg-a', rule, null)),
    'inbound',
    6,
  );

describe.each(UNIVERSES)('strata of IPv$family', (universe) => {
  const depths = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: SIZE, maxLength: SIZE });

  it('give every address a block that is no narrower than wished, within what is allowed, and none within another', () => {
    fc.assert(
      fc.property(someSorted(10), depths, partitions, (places, wishes, [allowed]) => {
        const list = listOf(universe, places);
        const wanted = Uint8Array.from(places, (place) => universe.length + (wishes[place] as number));
        const prefixes = places.map((place) => formatPrefix(blockAt(universe, place, allowed[place] as number)));
        const space = spaceOf(...prefixes.map((prefix) => `inbound tcp 80-89 from ${prefix}`));
        const stratum = toStratum([80, 84], true, { list, wanted }, space);
        if (stratum === null) throw new Error('today admits all of it');
        const { leaves, shortest, leafSize, width } = stratum;
        expect(width).toBe(5);
        const blocks = places.map((_, index) => toPrefix(universe.family, list.value(index), leaves[index] as number));
        places.forEach((_, index) => {
          const leaf = leaves[index] as number;
          expect(leaf).toBeGreaterThanOrEqual(shortest[index] as number);
          expect(leaf).toBeLessThanOrEqual(Math.max(wanted[index] as number, shortest[index] as number));
          places.forEach((_other, other) => {
            if (list.common(index, other) >= leaf) expect(leaves[other]).toBe(leaf);
          });
        });
        const set = AddressSet.ofPrefixes(blocks);
        expect(Number(set.size())).toBe(leafSize);
        expect(space.at(80, 84).includes(set)).toBe(true);
      }),
      { numRuns: 120 },
    );
  });

  it('are none where today admits a point not at all, or at some of the ports only', () => {
    const list = listOf(universe, [1, 9]);
    const wanted = new Uint8Array(2).fill(universe.bits);
    const half = formatPrefix(blockAt(universe, 0, 1));
    const at = (space: Space) => toStratum([80, 81], true, { list, wanted }, space);
    expect(at(spaceOf(`inbound tcp 80-81 from ${half}`))).toBeNull();
    expect(at(spaceOf(`inbound tcp 80 from ${wide(universe)}`, `inbound tcp 81 from ${half}`))).toBeNull();
    expect(at(spaceOf(`outbound tcp 80-81 to ${wide(universe)}`))).toBeNull();
    expect(at(spaceOf(`inbound udp 80-81 from ${wide(universe)}`))).toBeNull();
    const both = at(spaceOf(`inbound tcp 80 from ${wide(universe)}`, `inbound tcp 81 from ${wide(universe)}`));
    expect(both?.shortest).toEqual(new Uint8Array(2).fill(universe.length));
  });

  it('merge into one list, an address of both with the wider of its blocks', () => {
    fc.assert(
      fc.property(someSorted(10), someSorted(10), depths, depths, (a, b, ofA, ofB) => {
        const side = (places: readonly number[], of: readonly number[]) => ({
          list: listOf(universe, places),
          wanted: Uint8Array.from(places, (place) => universe.length + (of[place] as number)),
        });
        const merged = mergeLists(side(a, ofA), side(b, ofB));
        const places = [...new Set([...a, ...b])].sort((x, y) => x - y);
        expect(merged.list.data).toEqual(listOf(universe, places).data);
        const least = (place: number) =>
          Math.min(a.includes(place) ? (ofA[place] as number) : 4, b.includes(place) ? (ofB[place] as number) : 4);
        expect([...merged.wanted]).toEqual(places.map((place) => universe.length + least(place)));
      }),
    );
  });
});

it('finds for each address the allowed block around it', () => {
  const [four] = UNIVERSES as [Universe];
  const allowed = AddressSet.parse([textAt(four, 3), formatPrefix(blockAt(four, 8, 1)), '2001:db8::/32']).toPrefixes();
  expect(shortestLengths(listOf(four, [3, 8, 15]), allowed)).toEqual(Uint8Array.of(32, 29, 29));
  expect(shortestLengths(listOf(four, [3, 4]), allowed)).toBeNull();
  expect(shortestLengths(listOf(four, [15]), [])).toBeNull();
});
