/**
 * A hash of 64 bits of each row of a batch, in two independent halves of 32 bits.
 *
 * It is kept in the lake: the same in every process, and never another. Beginning with the names of the fields that the
 * field table has, each half takes in one value after the other: numbers as two integers of 32 bits where they may be
 * larger than one, texts as their own hash. A missing value is the number -1, or a text with a hash that none has but the
 * empty one. Of other fields those count that a row has, each with the hash of its name: the lake knows no more of them.
 */

import { MISSING_CODE } from './batch.ts';

/** Low half, high half. */
type Halves = readonly [low: number, high: number];

/** Takes a value into the low half. */
const low = (hash: number, value: number): number => {
  const mixed = hash + Math.imul(value, 0x85ebca77);
  return Math.imul((mixed << 13) | (mixed >>> 19), 0x9e3779b1);
};

/** Takes a value into the high half, in another way: values that meet in one half do not in the other. */
const high = (hash: number, value: number): number => {
  const mixed = Math.imul(value, 0xc2b2ae3d) ^ hash;
  return (Math.imul((mixed << 17) | (mixed >>> 15), 0x27d4eb2f) + 0x165667b1) | 0;
};

/** Lets every bit of the hash depend on every bit of a half. */
const finish = (half: number): number => {
  const first = Math.imul(half ^ (half >>> 16), 0x85ebca6b);
  const second = Math.imul(first ^ (first >>> 13), 0xc2b2ae35);
  return second ^ (second >>> 16);
};

/** Of a text, by its UTF-16 code units. */
export const hashOfText = (text: string): Halves => {
  let lowHalf = text.length;
  let highHalf = ~text.length;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    lowHalf = low(lowHalf, unit);
    highHalf = high(highHalf, unit);
  }
  return [finish(lowHalf), finish(highHalf)];
};

/** Hashes of rows, which columns are added to one by one. */
export class RowHashes {
  readonly #hashes: Int32Array;
  readonly #length: number;

  constructor(length: number, begin: Halves) {
    this.#length = length;
    this.#hashes = new Int32Array(2 * length);
    for (let row = 0; row < length; row++) {
      this.#hashes[2 * row] = begin[0];
      this.#hashes[2 * row + 1] = begin[1];
    }
  }

  addInts(values: Int32Array): void {
    const hashes = this.#hashes;
    for (let row = 0; row < this.#length; row++) {
      const value = values[row] as number;
      hashes[2 * row] = low(hashes[2 * row] as number, value);
      hashes[2 * row + 1] = high(hashes[2 * row + 1] as number, value);
    }
  }

  addLongs(values: Float64Array): void {
    const hashes = this.#hashes;
    for (let row = 0; row < this.#length; row++) {
      const value = values[row] as number;
      const upper = Math.floor(value / 0x1_0000_0000) | 0;
      hashes[2 * row] = low(low(hashes[2 * row] as number, value | 0), upper);
      hashes[2 * row + 1] = high(high(hashes[2 * row + 1] as number, value | 0), upper);
    }
  }

  /** @param halves two for each code */
  addTexts(codes: Int32Array, halves: Int32Array): void {
    const hashes = this.#hashes;
    for (let row = 0; row < this.#length; row++) {
      const code = codes[row] as number;
      hashes[2 * row] = low(hashes[2 * row] as number, halves[2 * code] as number);
      hashes[2 * row + 1] = high(hashes[2 * row + 1] as number, halves[2 * code + 1] as number);
    }
  }

  /** Of a field that is no field of the table. */
  addPresentTexts(field: string, codes: Int32Array, halves: Int32Array): void {
    const [lowName, highName] = hashOfText(field);
    const hashes = this.#hashes;
    for (let row = 0; row < this.#length; row++) {
      const code = codes[row] as number;
      if (code === MISSING_CODE) continue;
      hashes[2 * row] = low(low(hashes[2 * row] as number, lowName), halves[2 * code] as number);
      hashes[2 * row + 1] = high(high(hashes[2 * row + 1] as number, highName), halves[2 * code + 1] as number);
    }
  }

  finish(): Uint32Array {
    const hashes = this.#hashes;
    for (let half = 0; half < hashes.length; half++) hashes[half] = finish(hashes[half] as number);
    return new Uint32Array(hashes.buffer);
  }
}
