/**
 * Which parts of the address space were seen, within bounded memory: single addresses while they are few, else the
 * blocks that hold them. When there are too many of a family, all of it becomes coarser by one step. The result
 * depends on the addresses alone, not on their order.
 */
import { AddressSet } from '../net/address-set.ts';
import { type Prefix, toPrefix } from '../net/prefix.ts';
import type { Peer } from './peer.ts';

/** Lengths of blocks, step by step. */
const IPV4_LENGTHS = [32, 24, 16, 8] as const;
const IPV6_LENGTHS = [128, 64, 48, 32, 16] as const;

/** Distinct keys, made coarser when there are too many. */
class Blocks<T extends number | bigint> {
  readonly #limit: number;
  readonly #steps: number;
  readonly #coarsen: (value: T, step: number) => T;
  step = 0;
  firsts = new Set<T>();

  constructor(limit: number, steps: number, coarsen: (value: T, step: number) => T) {
    this.#limit = limit;
    this.#steps = steps;
    this.#coarsen = coarsen;
  }

  add(value: T): void {
    this.firsts.add(this.#coarsen(value, this.step));
    while (this.firsts.size > this.#limit && this.step + 1 < this.#steps) {
      this.step++;
      this.firsts = new Set(Array.from(this.firsts, (first) => this.#coarsen(first, this.step)));
    }
  }
}

/** First address of the block of a step; division, as shifts of numbers are signed. */
function coarsenIpv4(bits: number, step: number): number {
  const size = 2 ** (32 - (IPV4_LENGTHS[step] as number));
  return Math.floor(bits / size) * size;
}

function coarsenIpv6(bits: bigint, step: number): bigint {
  return toPrefix(6, bits, IPV6_LENGTHS[step] as number).first;
}

export class AddressSpread {
  readonly #ipv4: Blocks<number>;
  readonly #ipv6: Blocks<bigint>;

  /** `limit`: blocks of each family. */
  constructor(limit: number) {
    this.#ipv4 = new Blocks(limit, IPV4_LENGTHS.length, coarsenIpv4);
    this.#ipv6 = new Blocks(limit, IPV6_LENGTHS.length, coarsenIpv6);
  }

  /** What is no address is passed over. */
  add(peer: Peer): void {
    if (peer.ipv4 >= 0) this.#ipv4.add(peer.ipv4);
    else this.#addParsed(peer);
  }

  #addParsed(peer: Peer): void {
    const address = peer.address();
    if (address?.family === 4) this.#ipv4.add(Number(address.bits));
    else if (address) this.#ipv6.add(address.bits);
  }

  /** Holds every address seen. */
  toSet(): AddressSet {
    const ipv4Length = IPV4_LENGTHS[this.#ipv4.step] as number;
    const ipv6Length = IPV6_LENGTHS[this.#ipv6.step] as number;
    const ipv4 = Array.from(this.#ipv4.firsts, (first): Prefix => toPrefix(4, BigInt(first), ipv4Length));
    const ipv6 = Array.from(this.#ipv6.firsts, (first): Prefix => toPrefix(6, first, ipv6Length));
    return AddressSet.ofPrefixes([...ipv4, ...ipv6]);
  }
}
