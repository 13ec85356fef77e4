/**
 * Whose an address is: an interface's own are its private addresses, and those in prefixes delegated to it.
 *
 * An interface has a few addresses, so that comparing codes one by one is the fastest way. Prefixes are compared as bits,
 * which are read once for each address, and only where prefixes are delegated at all.
 */
import type { Dictionary } from '../flow/batch.ts';
import type { NetworkInterface } from '../inventory/model.ts';
import { addressLength, parseIpv4, parseIpv6Groups } from '../net/address.ts';
import { type Prefix, parsePrefix } from '../net/prefix.ts';
import { grown } from './grow.ts';

export class Ownership {
  readonly #addresses: Dictionary;
  #states = 0;
  /** Of each state where its addresses begin in `#own`, and where its prefixes do in `#prefixes`; and behind the last. */
  #firstOwn = new Int32Array(64);
  #firstPrefix = new Int32Array(64);
  #own = new Int32Array(64);
  /** Each as four words of the first address, then four of the mask. */
  #prefixes = new Int32Array(64);
  /** Four words for each address code, IPv4 in mapped form. */
  #bits = new Int32Array(64);
  #knownBits = 1;

  constructor(addresses: Dictionary) {
    this.#addresses = addresses;
  }

  /** The next state. Its addresses get codes where they have none. */
  add({ addresses, prefixes }: NetworkInterface): void {
    const state = this.#states++;
    this.#firstOwn = grown(this.#firstOwn, state + 2);
    this.#firstPrefix = grown(this.#firstPrefix, state + 2);
    let own = this.#firstOwn[state] as number;
    this.#own = grown(this.#own, own + addresses.length);
    for (const address of addresses) this.#own[own++] = this.#addresses.codeOf(address);
    this.#firstOwn[state + 1] = own;
    let prefix = this.#firstPrefix[state] as number;
    for (const parsed of prefixes.map(parsePrefix)) {
      if (parsed === null) continue;
      this.#prefixes = grown(this.#prefixes, prefix + 8);
      this.#prefixes.set(toWords(parsed), prefix);
      prefix += 8;
    }
    this.#firstPrefix[state + 1] = prefix;
  }

  /** Makes addresses known that got codes since the last call. */
  learnAddresses(): void {
    if (this.#firstPrefix[this.#states] === 0) return;
    const { texts } = this.#addresses;
    this.#bits = grown(this.#bits, 4 * texts.length);
    for (; this.#knownBits < texts.length; this.#knownBits++) {
      writeBits(texts[this.#knownBits] as string, this.#bits, 4 * this.#knownBits);
    }
  }

  /** Whether an address is a state's own; a missing one is nobody's. */
  owns(state: number, address: number): boolean {
    const end = this.#firstOwn[state + 1] as number;
    for (let at = this.#firstOwn[state] as number; at < end; at++) {
      if (this.#own[at] === address) return address !== 0;
    }
    const first = this.#firstPrefix[state] as number;
    const last = this.#firstPrefix[state + 1] as number;
    return first < last && address !== 0 && this.#isDelegated(first, last, 4 * address);
  }

  #isDelegated(first: number, last: number, bits: number): boolean {
    for (let at = first; at < last; at += 8) {
      let difference = 0;
      for (let word = 0; word < 4; word++) {
        difference |=
          ((this.#bits[bits + word] as number) ^ (this.#prefixes[at + word] as number)) &
          (this.#prefixes[at + 4 + word] as number);
      }
      if (difference === 0) return true;
    }
    return false;
  }
}

const MAPPED = 0xffff;
const groups = new Uint16Array(8);

/** A canonical address as four words. */
const writeBits = (text: string, words: Int32Array, at: number): void => {
  const quad = parseIpv4(text);
  if (quad >= 0) {
    words[at + 2] = MAPPED;
    words[at + 3] = quad;
  } else if (parseIpv6Groups(text, groups)) {
    for (let word = 0; word < 4; word++) {
      words[at + word] = ((groups[2 * word] as number) << 16) | (groups[2 * word + 1] as number);
    }
  }
};

/** The first address, and a mask of the bits that tell: those of an IPv4 prefix begin behind the mapped part. */
const toWords = ({ family, first, length }: Prefix): number[] => {
  const bits = family === 4 ? (BigInt(MAPPED) << 32n) | first : first;
  const free = BigInt(addressLength(family) - length);
  const mask = ((1n << 128n) - 1n) ^ ((1n << free) - 1n);
  return [bits, mask].flatMap((value) => [96n, 64n, 32n, 0n].map((shift) => Number(BigInt.asIntN(32, value >> shift))));
};
