/** Many distinct addresses of one family in numeric order, in typed arrays: what prefix covers are computed on. */
import { type Family, parseIpv4, parseIpv6Groups } from '../net/address.ts';
import { type Prefix, toPrefix } from '../net/prefix.ts';

const groups = new Uint16Array(8);

export class AddressList {
  readonly family: Family;
  /** 32-bit words of one address: 1 or 4. */
  readonly words: 1 | 4;
  readonly data: Uint32Array;
  readonly length: number;

  constructor(family: Family, data: Uint32Array) {
    this.family = family;
    this.words = family === 4 ? 1 : 4;
    this.data = data;
    this.length = data.length / this.words;
  }

  get bits(): 32 | 128 {
    return this.family === 4 ? 32 : 128;
  }

  /** How many leading bits two addresses have in common. */
  common(i: number, j: number): number {
    const { data, words } = this;
    for (let word = 0; word < words; word++) {
      const difference = ((data[i * words + word] as number) ^ (data[j * words + word] as number)) >>> 0;
      if (difference !== 0) return word * 32 + Math.clz32(difference);
    }
    return this.bits;
  }

  /** Whether bit `at` (0 = the first) of an address is set. */
  bit(i: number, at: number): boolean {
    const word = this.data[i * this.words + (at >>> 5)] as number;
    return ((word >>> (31 - (at & 31))) & 1) === 1;
  }

  value(i: number): bigint {
    return bitsOf(this.data.subarray(i * this.words, (i + 1) * this.words));
  }

  prefix(i: number, length: number): Prefix {
    return toPrefix(this.family, this.value(i), length);
  }
}

/** An address as one number. */
export function bitsOf(words: Iterable<number>): bigint {
  let bits = 0n;
  for (const word of words) bits = (bits << 32n) | BigInt(word);
  return bits;
}

/** One peer: its text, and where it is in the address space; null where the text is no address. */
export function wordsOf(text: string): { readonly family: Family; readonly words: readonly number[] } | null {
  const quad = parseIpv4(text);
  if (quad >= 0) return { family: 4, words: [quad] };
  if (!parseIpv6Groups(text, groups)) return null;
  const words = [0, 2, 4, 6].map((at) => (groups[at] as number) * 65_536 + (groups[at + 1] as number));
  const isMapped = words[0] === 0 && words[1] === 0 && words[2] === 0xffff;
  return isMapped ? { family: 4, words: [words[3] as number] } : { family: 6, words };
}

/** Items with an address each, in any order, as a list and in its order; of equal ones the first is kept. */
export function sortAddresses<T extends { readonly words: readonly number[] }>(
  family: Family,
  items: readonly T[],
): { readonly list: AddressList; readonly values: readonly T[] } {
  const values = isAscending(items) ? items : distinct([...items].sort((a, b) => compareWords(a.words, b.words)));
  const width = family === 4 ? 1 : 4;
  const data = new Uint32Array(values.length * width);
  for (let i = 0; i < values.length; i++) data.set((values[i] as T).words, i * width);
  return { list: new AddressList(family, data), values };
}

function isAscending(items: readonly { readonly words: readonly number[] }[]): boolean {
  for (let i = 1; i < items.length; i++) {
    if (compareWords((items[i - 1] as (typeof items)[0]).words, (items[i] as (typeof items)[0]).words) >= 0)
      return false;
  }
  return true;
}

const distinct = <T extends { readonly words: readonly number[] }>(sorted: readonly T[]): T[] =>
  sorted.filter((item, index) => index === 0 || compareWords((sorted[index - 1] as T).words, item.words) !== 0);

/** Of one family. */
export function compareWords(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < a.length; i++) {
    const difference = (a[i] as number) - (b[i] as number);
    if (difference !== 0) return difference;
  }
  return 0;
}
