/** Text from bytes and bytes from text. What is no UTF-8 becomes U+FFFD; a byte order mark stays what it is. */

import { isBlank } from './tokens.ts';

export const BLANK = 32;
export const LINE_FEED = 10;

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const encoder = new TextEncoder();

export const decodeUtf8 = (bytes: DataView | Uint8Array, from: number, to: number): string =>
  decoder.decode(new Uint8Array(bytes.buffer, bytes.byteOffset + from, Math.min(to, bytes.byteLength) - from));

/** Bytes behind a line that readers look at four at a time, beginning with its line end. */
export const PADDING = 8;

/** One line as bytes, ending with a line feed, in memory that is used again for the next one. */
export class LineBytes {
  bytes = new Uint8Array(1024);

  /** Line feeds inside become blanks. */
  setText(text: string): void {
    this.#reserve(3 * text.length);
    const bytes = this.bytes;
    let at = 0;
    for (; at < text.length; at++) {
      const unit = text.charCodeAt(at);
      if (unit > 127) break;
      bytes[at] = unit === LINE_FEED ? BLANK : unit;
    }
    if (at === text.length) this.#end(at);
    else this.#encode(text);
  }

  setBytes(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.bytes.set(bytes);
    this.#end(bytes.length);
  }

  /** Number of bytes before the line end. */
  length = 0;

  #encode(text: string): void {
    const { written } = encoder.encodeInto(text.replaceAll('\n', ' '), this.bytes);
    this.#end(written);
  }

  #end(length: number): void {
    this.length = length;
    this.bytes[length] = LINE_FEED;
  }

  #reserve(length: number): void {
    if (length + PADDING <= this.bytes.length) return;
    this.bytes = new Uint8Array(2 * (length + PADDING));
  }
}

/** What some editors write before the first character of a file: its number of bytes where it is there. */
export const markLength = (bytes: Uint8Array, from = 0, to = bytes.length): number =>
  to - from >= 3 && bytes[from] === 0xef && bytes[from + 1] === 0xbb && bytes[from + 2] === 0xbf ? 3 : 0;

/** Whether a line is JSON rather than text: no record begins with a bracket. */
export const isJsonBytes = (bytes: Uint8Array, from = 0, to = bytes.length): boolean => {
  const first = bytes[skipBlankBytes(bytes, from, to)];
  return first === 123 || first === 91;
};

/** Position of the first byte that is no blank; `to` when there is none. */
export const skipBlankBytes = (bytes: Uint8Array, from: number, to: number): number => {
  let at = from;
  while (at < to && isBlank(bytes[at] as number)) at++;
  return at;
};
