/** A few prefixes that hold a set of addresses: what a person would write in a rule. */
import { addressLength, type Family } from './address.ts';
import type { AddressSet } from './address-set.ts';
import { type AddressRange, type Prefix, prefixRange, toPrefix } from './prefix.ts';

/**
 * At most `limit` prefixes of each family that hold every address of the set. The ranges are put into equal blocks, the
 * smallest of which there are few enough; each block then shrinks to the longest prefix that still holds its ranges.
 */
export function summarize(set: AddressSet, limit: number): Prefix[] {
  const ranges = set.toRanges();
  return ([4, 6] as const).flatMap((family) =>
    summarizeFamily(
      family,
      ranges.filter((range) => range.family === family),
      limit,
    ),
  );
}

function summarizeFamily(family: Family, ranges: readonly AddressRange[], limit: number): Prefix[] {
  for (let length = addressLength(family); length > 0; length--) {
    const blocks = new Map<bigint, AddressRange>();
    const fits = ranges.every((range) => {
      const block = toPrefix(family, range.first, length).first;
      if (toPrefix(family, range.last, length).first !== block) return false;
      const known = blocks.get(block);
      blocks.set(block, known ? { ...known, last: range.last } : range);
      return blocks.size <= limit;
    });
    if (fits && blocks.size <= limit) return Array.from(blocks.values(), longestPrefix);
  }
  return [{ family, first: 0n, length: 0 }];
}

/** The longest prefix that holds a range. */
function longestPrefix({ family, first, last }: AddressRange): Prefix {
  let length = addressLength(family) as number;
  while (length > 0 && prefixRange(toPrefix(family, first, length)).last < last) length--;
  return toPrefix(family, first, length);
}
