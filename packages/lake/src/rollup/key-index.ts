/**
 * Distinct rows of whole numbers, numbered from 0 in the order in which they come: an open hash table. A slot holds the
 * row itself beside its number, so that to look for one touches one place in memory.
 */
export class KeyIndex {
  /** The row to be looked for: set its places, then ask. */
  readonly key: Int32Array;
  readonly #stride: number;
  /** Of each slot the number of its row, one more than it is (0 = free), and the row. Only the first of them are in use. */
  #slots: Int32Array;
  #mask: number;
  #size = 0;
  /** The first number since the last restart. */
  #first = 0;

  /** @param width numbers in a row, of 32 bits each. @param expected rows, roughly */
  constructor(width: number, expected = 512) {
    this.key = new Int32Array(width);
    this.#stride = width + 1;
    const capacity = capacityFor(expected);
    this.#mask = capacity - 1;
    this.#slots = new Int32Array(capacity * this.#stride);
  }

  /** How many rows were numbered. */
  get size(): number {
    return this.#size;
  }

  /** Forgets all rows; numbers go on. @param expected rows that are to come, roughly */
  restart(expected: number): void {
    const capacity = capacityFor(expected);
    this.#mask = capacity - 1;
    if (capacity * this.#stride > this.#slots.length) this.#slots = new Int32Array(capacity * this.#stride);
    else this.#slots.fill(0, 0, capacity * this.#stride);
    this.#first = this.#size;
  }

  /** The number of the row in `key`, a new one if it was not there. */
  add(): number {
    const slot = this.#find();
    const known = this.#slots[slot]!;
    if (known > 0) return known - 1;
    const number = this.#size++;
    this.#write(slot, number);
    if (FREE * (this.#size - this.#first) > this.#mask) this.#grow();
    return number;
  }

  /** The number of the row in `key`; -1 if it is not there. */
  find(): number {
    return this.#slots[this.#find()]! - 1;
  }

  /** Where the row in `key` is, or would be. */
  #find(): number {
    const { key } = this;
    const slots = this.#slots;
    const stride = this.#stride;
    const mask = this.#mask;
    let hash = 0x2545f491;
    for (let place = 0; place < key.length; place++) {
      hash = Math.imul(hash ^ key[place]!, 0x9e3779b1);
      hash ^= hash >>> 15;
    }
    hash = Math.imul(hash, 0x85ebca6b);
    for (let at = (hash ^ (hash >>> 13)) & mask; ; at = (at + 1) & mask) {
      const slot = at * stride;
      if (slots[slot] === 0) return slot;
      let place = 0;
      while (place < key.length && slots[slot + 1 + place] === key[place]) place++;
      if (place === key.length) return slot;
    }
  }

  #write(slot: number, number: number): void {
    const { key } = this;
    this.#slots[slot] = number + 1;
    for (let place = 0; place < key.length; place++) this.#slots[slot + 1 + place] = key[place]!;
  }

  #grow(): void {
    const before = this.#slots;
    const end = (this.#mask + 1) * this.#stride;
    const asked = this.key.slice();
    this.#mask = 2 * this.#mask + 1;
    this.#slots = new Int32Array(2 * end);
    for (let slot = 0; slot < end; slot += this.#stride) {
      if (before[slot] === 0) continue;
      for (let place = 0; place < this.key.length; place++) this.key[place] = before[slot + 1 + place]!;
      this.#write(this.#find(), before[slot]! - 1);
    }
    this.key.set(asked);
  }
}

/** So many slots for each row, at least. */
const FREE = 1.4;

const capacityFor = (rows: number): number => {
  let capacity = 16;
  while (capacity <= FREE * rows) capacity *= 2;
  return capacity;
};
