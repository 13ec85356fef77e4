/**
 * Which parts of the address space were seen, within bounded memory: single addresses while they are few, else the
 * blocks that hold them. When there are too many of a family, all of it becomes coarser by one step. The result
 * depends on the addresses alone, not on their order.
 */
import { type Family, parseAddress } from '../net/address.ts';
import { AddressSet } from '../net/address-set.ts';
import { type Prefix, toPrefix } from '../net/prefix.ts';

const STEPS: Readonly<Record<Family, readonly number[]>> = { 4: [32, 24, 16, 8], 6: [128, 64, 48, 32, 16] };

/** The blocks of one family, all of the same length. */
class Blocks {
  readonly #family: Family;
  readonly #limit: number;
  #step = 0;
  #firsts = new Set<bigint>();

  constructor(family: Family, limit: number) {
    this.#family = family;
    this.#limit = limit;
  }

  add(bits: bigint): void {
    this.#firsts.add(toPrefix(this.#family, bits, this.#length).first);
    while (this.#firsts.size > this.#limit && this.#step + 1 < STEPS[this.#family].length) {
      this.#step++;
      this.#firsts = new Set(Array.from(this.#firsts, (first) => toPrefix(this.#family, first, this.#length).first));
    }
  }

  get #length(): number {
    return STEPS[this.#family][this.#step] as number;
  }

  prefixes(): Prefix[] {
    return Array.from(this.#firsts, (first) => ({ family: this.#family, first, length: this.#length }));
  }
}

export class AddressSpread {
  readonly #blocks: Readonly<Record<Family, Blocks>>;

  /** `limit`: blocks of each family. */
  constructor(limit: number) {
    this.#blocks = { 4: new Blocks(4, limit), 6: new Blocks(6, limit) };
  }

  /** Text that is no address is passed over. */
  add(text: string): void {
    const address = parseAddress(text);
    if (address) this.#blocks[address.family].add(address.bits);
  }

  /** Holds every address seen. */
  toSet(): AddressSet {
    return AddressSet.ofPrefixes([...this.#blocks[4].prefixes(), ...this.#blocks[6].prefixes()]);
  }
}
