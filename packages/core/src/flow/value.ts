/** How the text of one value is read. The SQL of the bulk path states the same rules and is tested against these. */
import { isAddress } from '../net/address.ts';
import { fieldOf, maximumOf } from './fields.ts';
import type { RejectedLine, RejectReason } from './record.ts';

/** AWS's mark for a value that is missing. */
export const MISSING = '-';

/** What a value of one field must be. */
export type ValueRule =
  | { readonly name: string; readonly reads: 'text' | 'address' | 'encoded-text' }
  | { readonly name: string; readonly reads: 'number'; readonly max: number }
  | { readonly name: string; readonly reads: 'word'; readonly words: readonly string[] };

/** The rule of a field; names outside the field table are text. */
export const toValueRule = (name: string): ValueRule => {
  const field = fieldOf(name);
  if (field?.values !== undefined) return { name, reads: 'word', words: field.values };
  switch (field?.type) {
    case 'int':
    case 'long':
    case 'seconds':
      return { name, reads: 'number', max: maximumOf(field) };
    default:
      return { name, reads: field?.type ?? 'text' };
  }
};

/** The value in `line[from, to)`, which is not `-`; null when it breaks the rule. */
export const readValue = (line: string, from: number, to: number, rule: ValueRule): string | number | null => {
  switch (rule.reads) {
    case 'number': {
      const value = readInteger(line, from, to, rule.max);
      return value < 0 ? null : value;
    }
    case 'address': {
      const text = line.slice(from, to);
      return isAddress(text) ? text : null;
    }
    case 'word':
      return readWord(line, from, to, rule.words);
    case 'encoded-text':
      return decodePercent(line.slice(from, to));
    case 'text':
      return line.slice(from, to);
  }
};

/** Why `text` breaks the rule, as `readValue` found. */
export const rejectValue = (text: string, rule: ValueRule): RejectedLine => {
  const what = `${rule.name} is ${quote(text)}`;
  switch (rule.reads) {
    case 'number':
      return toRejected('bad-number', `${what}, not a whole number from 0 to ${rule.max}`);
    case 'word':
      return toRejected('bad-value', `${what}, not one of ${rule.words.join(', ')}`);
    default:
      return toRejected('bad-address', `${what}, not an IPv4 or IPv6 address`);
  }
};

export const toRejected = (reason: RejectReason, detail: string): RejectedLine => ({
  kind: 'rejected',
  reason,
  detail,
});

/**
 * Reads `line[from, to)` as a whole number.
 *
 * @returns the number, or -1 when the text is empty, holds anything but the digits 0 to 9, or exceeds `max`.
 */
export const readInteger = (line: string, from: number, to: number, max: number): number => {
  if (from >= to) return -1;
  let value = 0;
  for (let position = from; position < to; position++) {
    const digit = line.charCodeAt(position) - 48;
    if (digit < 0 || digit > 9) return -1;
    // Exact up to 2^53-1, and beyond it never rounded back below: `max` is compared with the true value.
    value = value * 10 + digit;
    if (value > max) return -1;
  }
  return value;
};

/** The word itself rather than a slice, which would keep the whole line in memory. */
const readWord = (line: string, from: number, to: number, words: readonly string[]): string | null => {
  for (const word of words) {
    if (word.length === to - from && line.startsWith(word, from)) return word;
  }
  return null;
};

/** Tag values come percent-encoded. What is no valid encoding is no encoding: it is kept as it is. */
const decodePercent = (text: string): string => {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/** A value in an error message: quoted, and cut where nobody would read on. */
export const quote = (text: string): string => `"${text.length > 80 ? `${text.slice(0, 79)}…` : text}"`;

/** Whether text holds what decoders of UTF-8 put in the place of bytes that are none. */
export const isDamaged = (text: string): boolean => text.includes('\uFFFD');
