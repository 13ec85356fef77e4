/** Sixteen addresses in a row of either family, for tests that enumerate: IPv6 ones across the border of two words. */
import fc from 'fast-check';
import { formatAddress } from '../src/net/address.ts';
import { type Prefix, toPrefix } from '../src/net/prefix.ts';
import { type AddressList, sortAddresses } from '../src/recommend/address-list.ts';

export const SIZE = 16;
const DEPTH = 4;

export interface Universe {
  readonly family: 4 | 6;
  /** Length of the prefix of all of it. */
  readonly length: number;
  readonly bits: 32 | 128;
}

export const UNIVERSES: readonly Universe[] = [
  { family: 4, length: 28, bits: 32 },
  { family: 6, length: 62, bits: 128 },
];

const wordsAt = ({ family }: Universe, place: number): number[] =>
  family === 4 ? [0x0a000000 + place] : [0x20010db8, place >>> 2, ((place & 3) << 30) >>> 0, 0];

const valueAt = (universe: Universe, place: number): bigint =>
  wordsAt(universe, place).reduce((value, word) => (value << 32n) | BigInt(word), 0n);

export const textAt = (universe: Universe, place: number): string =>
  formatAddress({ family: universe.family, bits: valueAt(universe, place) });

/** A block of the universe; `depth` 0 is all of it, 4 one address (IPv6: one /66). */
export const blockAt = (universe: Universe, place: number, depth: number): Prefix =>
  toPrefix(universe.family, valueAt(universe, place), universe.length + depth);

export const listOf = (universe: Universe, places: readonly number[]): AddressList =>
  sortAddresses(
    universe.family,
    places.map((place) => ({ words: wordsAt(universe, place) })),
  ).list;

/** By place: how deep the block lies that holds it, of blocks that make up the universe. */
export type Partition = readonly number[];

/** The universe cut in halves, wherever `isCut` says so of a block. */
function partitionBy(isCut: (depth: number, first: number) => boolean): Partition {
  const depths: number[] = new Array(SIZE).fill(0);
  const visit = (depth: number, first: number): void => {
    const width = SIZE >> depth;
    if (depth === DEPTH || !isCut(depth, first)) depths.fill(depth, first, first + width);
    else for (const half of [first, first + width / 2]) visit(depth + 1, half);
  };
  visit(0, 0);
  return depths;
}

/** Two partitions, the second of which cuts the blocks of the first further. */
export const partitions: fc.Arbitrary<readonly [Partition, Partition]> = fc
  .array(fc.constantFrom(0, 0, 1, 2), { minLength: 31, maxLength: 31 })
  .map((cuts) => {
    const cutOf = (depth: number, first: number) => cuts[2 ** depth - 1 + (first >> (DEPTH - depth))] as number;
    return [partitionBy((...block) => cutOf(...block) === 2), partitionBy((...block) => cutOf(...block) > 0)];
  });

export const someSorted = (maxLength: number): fc.Arbitrary<number[]> =>
  fc
    .uniqueArray(fc.integer({ min: 0, max: SIZE - 1 }), { minLength: 1, maxLength })
    .map((places) => places.sort((a, b) => a - b));
