/**
 * Writes ASCII text into one growing piece of memory.
 *
 * Joining a document from some sixty strings costs the engine a tree of strings that it must flatten before anything
 * can read it; bytes written one after the other are ready at once. Everything JSON can say is ASCII: what is not,
 * stands there as `\uXXXX`.
 *
 * Bytes are copied eight at a time as floating-point numbers, the widest that the engine keeps in a register. Of bytes
 * below 128 these are never NaN, the only numbers whose bits may change on the way.
 */
export class AsciiWriter {
  #bytes = new Uint8Array(4_096);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  /** Holds what was written since the last `reset` in its first `length` bytes; replaced when it grows. */
  get memory(): Uint8Array {
    return this.#bytes;
  }

  get length(): number {
    return this.#length;
  }

  reset(): void {
    this.#length = 0;
  }

  /** What is written beyond the end of the piece, the next write covers. */
  piece({ words, length }: Piece): void {
    const from = this.#reserve(length);
    const view = this.#view;
    for (let i = 0; i < words.length; i++) view.setFloat64(from + 8 * i, words[i] as number, true);
  }

  /** Bytes `[from, to)` of what another writer holds, in the same way. */
  copy(source: AsciiWriter, from: number, to: number): void {
    const at = this.#reserve(to - from) - from;
    const view = this.#view;
    const sourceView = source.#view;
    for (let i = from; i < to; i += 8) view.setFloat64(at + i, sourceView.getFloat64(i, true), true);
  }

  /**
   * A string that JSON takes as it is goes in between quotes, any other one by `JSON.stringify`. Which of them it is
   * shows only after the copy: nearly all are plain, and a loop without exits is the fastest.
   */
  json(text: string): void {
    const from = this.#reserve(text.length + 2);
    const bytes = this.#bytes;
    let special = 0;
    bytes[from] = QUOTE;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      special |= (SPECIAL[code & 127] as number) | (code >> 7);
      bytes[from + 1 + i] = code & 127;
    }
    bytes[from + 1 + text.length] = QUOTE;
    if (special !== 0) {
      this.#length = from;
      this.ascii(toAsciiJson(text));
    }
  }

  /** Text that is known to be ASCII. */
  ascii(text: string): void {
    const from = this.#reserve(text.length);
    const bytes = this.#bytes;
    for (let i = 0; i < text.length; i++) bytes[from + i] = text.charCodeAt(i);
  }

  number(value: number): void {
    // Small integers are nearly all there are: their digits, from the last to the first, without a string in between.
    if (value !== value >>> 0) {
      this.ascii(String(value));
      return;
    }
    let digits = 1;
    for (let bound = 10; value >= bound; bound *= 10) digits++;
    const from = this.#reserve(digits);
    const bytes = this.#bytes;
    let rest = value >>> 0;
    for (let at = from + digits - 1; at >= from; at--) {
      const shorter = (rest / 10) >>> 0;
      bytes[at] = ZERO + rest - shorter * 10;
      rest = shorter;
    }
  }

  /** Makes room for `count` bytes, counts them as written, and says where they begin. */
  #reserve(count: number): number {
    const from = this.#length;
    this.#length = from + count;
    // Room for the bytes that a piece writes beyond its end, or that are read there.
    if (this.#length + 7 > this.#bytes.length) {
      const larger = new Uint8Array(2 * this.#length);
      larger.set(this.#bytes.subarray(0, from));
      this.#bytes = larger;
      this.#view = new DataView(larger.buffer);
    }
    return from;
  }
}

/** Text that is written often, as words of eight bytes, the last one filled up. */
export interface Piece {
  readonly words: Float64Array;
  readonly length: number;
}

export const toPiece = (ascii: string): Piece => {
  const bytes = new Uint8Array(8 * Math.ceil(ascii.length / 8));
  for (let i = 0; i < ascii.length; i++) bytes[i] = ascii.charCodeAt(i);
  const view = new DataView(bytes.buffer);
  const words = Float64Array.from({ length: bytes.length / 8 }, (_, i) => view.getFloat64(8 * i, true));
  return { words, length: ascii.length };
};

const QUOTE = 34;
const BACKSLASH = 92;
const ZERO = 48;

/** 1 for the ASCII codes that do not stand for themselves in a JSON string. */
const SPECIAL = Uint8Array.from({ length: 128 }, (_, code) =>
  code < 32 || code === 127 || code === QUOTE || code === BACKSLASH ? 1 : 0,
);

/** A string as JSON, with `\\uXXXX` for what is not ASCII. */
export const toAsciiJson = (text: string): string => JSON.stringify(text).replace(/[^ -~]/g, escapeUnit);

const escapeUnit = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
