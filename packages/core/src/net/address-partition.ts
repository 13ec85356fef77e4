/**
 * Which of many address sets hold an address, answered by one binary search.
 *
 * The bounds of all sets cut the address space into elementary intervals; within one, every address lies in the same
 * sets. Intervals that lie in the same sets get the same *class*. Class 0 is "in none of them".
 */
import { push } from '../multimap.ts';
import { type Family, parseIpv4, parseIpv6Groups } from './address.ts';
import type { AddressSet } from './address-set.ts';

/** A class for each elementary interval; `starts` ascending, the first at address 0. */
interface Cut {
  readonly starts: readonly bigint[];
  readonly classes: Int32Array;
}

export class AddressPartition {
  /** By class: indexes of the sets that hold its addresses, ascending. */
  readonly classes: readonly (readonly number[])[];
  readonly #ipv4Starts: Float64Array;
  readonly #ipv4Classes: Int32Array;
  /** Four 32-bit words for each start. */
  readonly #ipv6Starts: Uint32Array;
  readonly #ipv6Classes: Int32Array;

  constructor(sets: readonly AddressSet[]) {
    const classes: (readonly number[])[] = [[]];
    const known = new Map<string, number>([['', 0]]);
    const classOf = (members: readonly number[]): number => {
      const key = members.join();
      const id = known.get(key) ?? classes.push(members) - 1;
      known.set(key, id);
      return id;
    };
    const ipv4 = cut(sets, 4, classOf);
    const ipv6 = cut(sets, 6, classOf);
    this.classes = classes;
    this.#ipv4Starts = Float64Array.from(ipv4.starts, Number);
    this.#ipv4Classes = ipv4.classes;
    this.#ipv6Starts = Uint32Array.from(ipv6.starts.flatMap(toWords));
    this.#ipv6Classes = ipv6.classes;
  }

  /** Class of an address given as text; -1 where the text is no address. */
  classOf(text: string): number {
    const quad = text === recentText ? recentQuad : parseIpv4(text);
    recentText = text;
    recentQuad = quad;
    if (quad >= 0) return this.#classOfIpv4(quad);
    if (!parseIpv6Groups(text, groups)) return -1;
    for (let i = 0; i < 4; i++) words[i] = (groups[2 * i] as number) * 65536 + (groups[2 * i + 1] as number);
    const mapped = words[0] === 0 && words[1] === 0 && words[2] === 0xffff;
    return mapped ? this.#classOfIpv4(words[3] as number) : this.#classOfIpv6();
  }

  #classOfIpv4(address: number): number {
    const starts = this.#ipv4Starts;
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((starts[middle] as number) <= address) low = middle;
      else high = middle - 1;
    }
    return this.#ipv4Classes[low] as number;
  }

  /** Of the address in `words`. */
  #classOfIpv6(): number {
    let low = 0;
    let high = this.#ipv6Classes.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (startsAtOrBefore(this.#ipv6Starts, middle * 4)) low = middle;
      else high = middle - 1;
    }
    return this.#ipv6Classes[low] as number;
  }
}

/** The address asked for last: it is asked of several partitions. */
let recentText = '';
let recentQuad = -1;

const groups = new Uint16Array(8);
const words = new Uint32Array(4);

/** Whether the four words at an offset are less than or equal to `words`. */
function startsAtOrBefore(starts: Uint32Array, offset: number): boolean {
  for (let i = 0; i < 4; i++) {
    const start = starts[offset + i] as number;
    const word = words[i] as number;
    if (start !== word) return start < word;
  }
  return true;
}

function toWords(bits: bigint): number[] {
  return [96n, 64n, 32n, 0n].map((shift) => Number((bits >> shift) & 0xffff_ffffn));
}

/** Sweep: at every bound, sets open and close; between two bounds the open ones are the members. */
function cut(sets: readonly AddressSet[], family: Family, classOf: (members: readonly number[]) => number): Cut {
  const opening = new Map<bigint, number[]>();
  const closing = new Map<bigint, number[]>();
  sets.forEach((set, index) => {
    for (const range of set.toRanges()) {
      if (range.family !== family) continue;
      push(opening, range.first, index);
      push(closing, range.last + 1n, index);
    }
  });
  const end = 1n << (family === 4 ? 32n : 128n);
  const bounds = [...new Set([0n, ...opening.keys(), ...closing.keys()])].filter((bound) => bound < end);
  bounds.sort((a, b) => (a < b ? -1 : 1));
  const open = new Set<number>();
  const classes = bounds.map((bound) => {
    for (const index of closing.get(bound) ?? []) open.delete(index);
    for (const index of opening.get(bound) ?? []) open.add(index);
    return classOf([...open].sort((a, b) => a - b));
  });
  return { starts: bounds, classes: Int32Array.from(classes) };
}
