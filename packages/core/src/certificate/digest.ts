/** SHA-256 over documents. The function itself comes from the edge: Node and browsers have it, the core has none. */
import { canonicalJson } from '../inventory/json.ts';

/** SHA-256 of bytes, or of a text in UTF-8: 32 bytes. */
export type Sha256 = (data: string | Uint8Array) => Uint8Array;

/** Lower-case hexadecimal. */
export const toHex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

/** The bytes of hexadecimal text; null where it is none. */
export const fromHex = (text: string): Uint8Array | null =>
  /^(?:[0-9a-f]{2})*$/.test(text)
    ? Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
    : null;

export const hexDigest = (text: string, sha256: Sha256): string => toHex(sha256(text));

/** Digest of a value as canonical JSON (keys sorted, no blanks, UTF-8), hexadecimal. */
export const jsonDigest = (value: unknown, sha256: Sha256): string => hexDigest(canonicalJson(value), sha256);
