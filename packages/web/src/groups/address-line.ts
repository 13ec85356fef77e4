/**
 * Allowed address space as a line, and what was seen on it. The line is made of the allowed blocks side by side, each
 * as wide as the others: a /32 beside a /8 must stay visible. Within a block positions are linear.
 */
import { addressLength } from '@flowfit/core/net/address';
import { AddressSet } from '@flowfit/core/net/address-set';
import { formatPrefix, type Prefix, parsePrefix, prefixRange, toPrefix } from '@flowfit/core/net/prefix';

/** Shares of the line's width, 0 to 1. */
export interface Mark {
  readonly at: number;
  readonly width: number;
}

export interface AddressLine {
  readonly blocks: readonly string[];
  readonly marks: readonly Mark[];
  /** Addresses allowed, and those seen of them (a block counts whole). */
  readonly allowed: bigint;
  readonly seen: bigint;
}

const parseAll = (texts: readonly string[]): readonly Prefix[] =>
  texts.map(parsePrefix).filter((prefix) => prefix !== null);

export const toAddressLine = (allowed: readonly string[], seen: readonly string[]): AddressLine => {
  const allowedSet = AddressSet.ofPrefixes(parseAll(allowed));
  const seenSet = AddressSet.ofPrefixes(parseAll(seen)).intersect(allowedSet);
  const blocks = allowedSet.toPrefixes();
  const ranges = seenSet.toRanges();
  const marks = blocks.flatMap((block, index) => {
    const { family, first, last } = prefixRange(block);
    const size = Number(last - first + 1n);
    return ranges.flatMap((range): Mark[] => {
      if (range.family !== family || range.last < first || range.first > last) return [];
      const from = range.first > first ? range.first : first;
      const to = range.last < last ? range.last : last;
      return [
        {
          at: (index + Number(from - first) / size) / blocks.length,
          width: Number(to - from + 1n) / size / blocks.length,
        },
      ];
    });
  });
  return {
    blocks: blocks.map(formatPrefix),
    marks: joinMarks(marks),
    allowed: allowedSet.size(),
    seen: seenSet.size(),
  };
};

/** Marks closer than a screen can show become one, so that thousands of addresses are few elements. */
const RESOLUTION = 1 / 1024;

const joinMarks = (marks: readonly Mark[]): readonly Mark[] => {
  const joined: Mark[] = [];
  for (const mark of [...marks].sort((a, b) => a.at - b.at)) {
    const last = joined.at(-1);
    if (last !== undefined && mark.at - (last.at + last.width) < RESOLUTION) {
      joined[joined.length - 1] = { at: last.at, width: Math.max(last.width, mark.at + mark.width - last.at) };
    } else joined.push(mark);
  }
  return joined;
};

/**
 * At most `count` blocks that hold everything seen: of all prefix lengths the longest one that needs no more of them,
 * each then tightened around what it really holds.
 */
export const tightestBlocks = (seen: readonly string[], count: number): readonly string[] => {
  const prefixes = AddressSet.ofPrefixes(parseAll(seen)).toPrefixes();
  if (prefixes.length <= count) return prefixes.map(formatPrefix);
  for (let length = 128; length >= 0; length--) {
    const clusters = new Map<string, Prefix[]>();
    for (const prefix of prefixes) {
      const wide = toPrefix(prefix.family, prefix.first, Math.min(prefix.length, lengthIn(prefix.family, length)));
      const key = `${prefix.family}/${wide.length}/${wide.first}`;
      clusters.set(key, [...(clusters.get(key) ?? []), prefix]);
    }
    if (clusters.size <= count) return [...clusters.values()].map((cluster) => formatPrefix(commonPrefix(cluster)));
  }
  return prefixes.map(formatPrefix);
};

/** Lengths of IPv4 are scaled, so that both families coarsen together. */
const lengthIn = (family: 4 | 6, length: number): number => (family === 6 ? length : Math.floor(length / 4));

const commonPrefix = (cluster: readonly Prefix[]): Prefix => {
  const [first] = cluster as [Prefix];
  const width = addressLength(first.family);
  const differing = cluster.reduce((bits, prefix) => bits | (prefix.first ^ first.first), 0n);
  const common = width - differing.toString(2).length + (differing === 0n ? 1 : 0);
  return toPrefix(first.family, first.first, Math.min(common, ...cluster.map(({ length }) => length)));
};

/** `4.3 billion`, `256`, `2^96`: sizes of address space as people say them. */
export const formatAddresses = (count: bigint): string => {
  if (count < 100_000n) return count.toLocaleString('en');
  if (count < 10n ** 13n)
    return new Intl.NumberFormat('en', {
      notation: 'compact',
      compactDisplay: 'long',
      maximumSignificantDigits: 2,
    }).format(count);
  return `2^${count.toString(2).length - 1}`;
};
