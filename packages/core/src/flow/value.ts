/** What values are as text, and what is said of bad ones. How they are read: `./value-columns.ts`. */
import { fieldOf, maximumOf } from './fields.ts';
import type { RejectReason } from './record.ts';

/** AWS's mark for a value that is missing. */
export const MISSING = '-';

/** Why a value of a field is bad, which its reader found. */
export const describeBadValue = (name: string, text: string): { reason: RejectReason; detail: string } => {
  const field = fieldOf(name);
  const what = `${name} is ${quote(text)}`;
  if (field?.values !== undefined) {
    return { reason: 'bad-value', detail: `${what}, not one of ${field.values.join(', ')}` };
  }
  if (field === undefined || field.type === 'address') {
    return { reason: 'bad-address', detail: `${what}, not an IPv4 or IPv6 address` };
  }
  return { reason: 'bad-number', detail: `${what}, not a whole number from 0 to ${maximumOf(field)}` };
};

/** Tag values come percent-encoded. What is no valid encoding is no encoding: it is kept as it is. */
export const decodePercent = (text: string): string => {
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
