/**
 * What the spellings of values stand for, found by their bytes: no string is made of a value that is known.
 *
 * Open addressing over slots of four integers, so that a look at one takes one line of the processor's cache. Bytes are
 * read four at a time, lowest first, which is several times as fast as one by one.
 */
import { isBlank } from './tokens.ts';
import { firstMarked, separatorsIn } from './words.ts';

/** `read` answers it for a spelling that is not known. */
export const UNKNOWN_SPELLING = -2;

/** A slot is the hash of a spelling, where its bytes are, their number (0 = the slot is free), and what it stands for. */
const OFFSET = 1;
const LENGTH = 2;
const MEANING = 3;
/** Kept by shifting: a multiplication of so large an integer would be one of floating-point numbers. */
const SLOT = 4;

export class Spellings {
  /** Position behind the value that was read last. */
  end = 0;
  #slots = new Int32Array(SLOT << 4);
  /** Number of bits by which a hash is cut to the number of a slot. */
  #shift = 28;
  #count = 0;
  /** Spellings one after the other, each beginning at a multiple of four and filled up with zeros. */
  #bytes = new DataView(new ArrayBuffer(256));
  #used = 0;
  #hash = 0;

  /**
   * Reads the value at `from`, which ends before a separator.
   *
   * @returns what it stands for, or `UNKNOWN_SPELLING`
   */
  read(view: DataView, from: number): number {
    let hash = 0;
    let at = from;
    let word = view.getInt32(at, true);
    let marks = separatorsIn(word);
    while (marks === 0) {
      hash = mix(hash, word);
      at += 4;
      word = view.getInt32(at, true);
      marks = separatorsIn(word);
    }
    const rest = firstMarked(marks);
    if (!isBlank((word >>> (8 * rest)) & 0xff)) return this.#readOdd(view, from, at + rest);
    this.end = at + rest;
    return this.#find(view, from, this.end - from, mix(hash, word & ((1 << (8 * rest)) - 1)));
  }

  /** Says what the value stands for that was read last. It began at `from`. */
  add(view: DataView, from: number, meaning: number): void {
    const length = this.end - from;
    this.#reserve(length);
    for (let at = 0; at < length; at++) this.#bytes.setUint8(this.#used + at, view.getUint8(from + at));
    this.#put(this.#hash, this.#used, length, meaning);
    this.#used += (length + 3) & ~3;
    this.#count++;
  }

  /** A value with control characters in it, which are no separators. */
  #readOdd(view: DataView, from: number, behind: number): number {
    let end = behind;
    while (!isBlank(view.getUint8(end))) end++;
    this.end = end;
    let hash = 0;
    let at = from;
    for (; at + 4 <= end; at += 4) hash = mix(hash, view.getInt32(at, true));
    return this.#find(view, from, end - from, mix(hash, view.getInt32(at, true) & ((1 << (8 * (end - at))) - 1)));
  }

  #find(view: DataView, from: number, length: number, hash: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    for (let slot = (hash >>> this.#shift) << 2; ; slot = (slot + SLOT) & mask) {
      const found = slots[slot + LENGTH] as number;
      if (found === 0) break;
      if (found === length && slots[slot] === hash && this.#isAt(slots[slot + OFFSET] as number, view, from, length)) {
        return slots[slot + MEANING] as number;
      }
    }
    this.#hash = hash;
    return UNKNOWN_SPELLING;
  }

  #isAt(offset: number, view: DataView, from: number, length: number): boolean {
    const bytes = this.#bytes;
    let at = 0;
    for (; at + 4 <= length; at += 4) {
      if (bytes.getInt32(offset + at, true) !== view.getInt32(from + at, true)) return false;
    }
    const rest = (1 << (8 * (length - at))) - 1;
    return rest === 0 || bytes.getInt32(offset + at, true) === (view.getInt32(from + at, true) & rest);
  }

  #put(hash: number, offset: number, length: number, meaning: number): void {
    const slots = this.#slots;
    let slot = (hash >>> this.#shift) << 2;
    while (slots[slot + LENGTH] !== 0) slot = (slot + SLOT) & (slots.length - 1);
    slots[slot] = hash;
    slots[slot + OFFSET] = offset;
    slots[slot + LENGTH] = length;
    slots[slot + MEANING] = meaning;
  }

  /** Makes room for one more. */
  #reserve(length: number): void {
    if (this.#used + length + 4 > this.#bytes.byteLength) {
      const larger = new Uint8Array(2 * (this.#used + length + 4));
      larger.set(new Uint8Array(this.#bytes.buffer, 0, this.#used));
      this.#bytes = new DataView(larger.buffer);
    }
    if (this.#count * SLOT * 2 < this.#slots.length) return;
    const slots = this.#slots;
    this.#slots = new Int32Array(slots.length * 2);
    this.#shift--;
    for (let slot = 0; slot < slots.length; slot += SLOT) {
      const [hash, offset, found, meaning] = slots.subarray(slot, slot + SLOT) as unknown as [
        number,
        number,
        number,
        number,
      ];
      if (found !== 0) this.#put(hash, offset, found, meaning);
    }
  }
}

const mix = (hash: number, word: number): number => Math.imul(((hash << 5) | (hash >>> 27)) ^ word, 0x9e3779b1);
