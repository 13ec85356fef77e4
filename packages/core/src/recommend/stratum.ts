/** The points of one range of ports and one family, and what prefixes can cover them. */
import type { AddressSet } from '../net/address-set.ts';
import { type Prefix, prefixRange } from '../net/prefix.ts';
import { AddressList } from './address-list.ts';
import { PrefixCover } from './prefix-cover.ts';
import type { Space } from './space.ts';

export interface Stratum {
  readonly ports: readonly [first: number, last: number];
  /** Ports that a rule for them opens; 1 for protocols without ports. */
  readonly width: number;
  readonly list: AddressList;
  /** By address: the longest prefix that is proposed for it, if today's rules allow one as short. */
  readonly wanted: Uint8Array;
  readonly leaves: Uint8Array;
  readonly shortest: Uint8Array;
  /** Addresses of all leaves. */
  readonly leafSize: number;
}

/**
 * By address: the length of the shortest prefix around it that the allowed ones hold; null where one lies outside.
 *
 * @param allowed disjoint, in order
 */
export function shortestLengths(list: AddressList, allowed: readonly Prefix[]): Uint8Array | null {
  const own = allowed.filter(({ family }) => family === list.family);
  const shortest = new Uint8Array(list.length);
  const [only] = own;
  if (only !== undefined && only.length === 0) return shortest;
  let at = 0;
  for (let i = 0; i < list.length; i++) {
    const value = list.value(i);
    while (at < own.length && prefixRange(own[at] as Prefix).last < value) at++;
    const prefix = own[at];
    if (prefix === undefined || prefix.first > value) return null;
    shortest[i] = prefix.length;
  }
  return shortest;
}

/** Null where today's rules do not admit all of the points at all of the ports. */
export function toStratum(
  ports: Stratum['ports'],
  isPorted: boolean,
  { list, wanted }: Pick<Stratum, 'list' | 'wanted'>,
  space: Space,
): Stratum | null {
  const allowed: AddressSet = space.at(...ports);
  const shortest = shortestLengths(list, allowed.toPrefixes());
  if (shortest === null) return null;
  const leaves = withoutNesting(
    list,
    wanted.map((length, index) => Math.max(length, shortest[index] as number)),
  );
  const width = isPorted ? ports[1] - ports[0] + 1 : 1;
  return { ports, width, list, wanted, leaves, shortest, leafSize: sizeOfLeaves(list, leaves) };
}

/** Where the block of one address holds another one, both have that block. Blocks are runs of the sorted list. */
function withoutNesting(list: AddressList, leaves: Uint8Array): Uint8Array {
  const spread = (from: number, to: number, step: 1 | -1): void => {
    let owner = from;
    for (let i = from; i !== to; i += step) {
      const length = leaves[owner] as number;
      if (list.common(owner, i) >= length && (leaves[i] as number) >= length) leaves[i] = length;
      else owner = i;
    }
  };
  spread(0, list.length, 1);
  spread(list.length - 1, -1, -1);
  return leaves;
}

function sizeOfLeaves(list: AddressList, leaves: Uint8Array): number {
  let size = 0;
  let last = -1;
  for (let i = 0; i < list.length; i++) {
    if (last >= 0 && list.common(last, i) >= (leaves[last] as number)) continue;
    size += 2 ** (list.bits - (leaves[i] as number));
    last = i;
  }
  return size;
}

export const coverOf = ({ list, leaves, shortest }: Stratum, limit: number): PrefixCover =>
  new PrefixCover(list, leaves, shortest, limit);

/** Both lists in one; an address of both keeps the wider block. */
export function mergeLists(
  a: Pick<Stratum, 'list' | 'wanted'>,
  b: Pick<Stratum, 'list' | 'wanted'>,
): Pick<Stratum, 'list' | 'wanted'> {
  const { words, family } = a.list;
  const data = new Uint32Array((a.list.length + b.list.length) * words);
  const wanted = new Uint8Array(a.list.length + b.list.length);
  let [i, j, count] = [0, 0, 0];
  while (i < a.list.length || j < b.list.length) {
    const order = i === a.list.length ? 1 : j === b.list.length ? -1 : compareAt(a.list, i, b.list, j);
    const [from, at] = order <= 0 ? [a, i] : [b, j];
    data.set(from.list.data.subarray(at * words, (at + 1) * words), count * words);
    const own = from.wanted[at] as number;
    wanted[count] = order === 0 ? Math.min(own, b.wanted[j] as number) : own;
    count++;
    if (order <= 0) i++;
    if (order >= 0) j++;
  }
  return { list: new AddressList(family, data.slice(0, count * words)), wanted: wanted.slice(0, count) };
}

function compareAt(a: AddressList, i: number, b: AddressList, j: number): number {
  for (let word = 0; word < a.words; word++) {
    const difference = (a.data[i * a.words + word] as number) - (b.data[j * a.words + word] as number);
    if (difference !== 0) return difference;
  }
  return 0;
}
