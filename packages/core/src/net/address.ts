/**
 * IPv4 and IPv6 addresses as numbers.
 *
 * Strict on purpose: dotted quads without leading zeros and nothing shorter (`10.1` is refused), IPv6 by RFC 4291
 * without a zone. An IPv4-mapped address (`::ffff:192.0.2.1`) *is* the IPv4 address, so that both spellings of one
 * peer are one peer.
 */

export type Family = 4 | 6;

export interface Address {
  readonly family: Family;
  /** 32 bits for IPv4, 128 for IPv6. */
  readonly bits: bigint;
}

const ZERO = 48;
const DOT = 46;
const COLON = 58;
const MAPPED_PREFIX = 0xffffn;
const LOW_32 = 0xffff_ffffn;

/** Number of bits of an address. */
export function addressLength(family: Family): 32 | 128 {
  return family === 4 ? 32 : 128;
}

/** The numerically greatest address of a family. */
export function lastAddress(family: Family): bigint {
  return (1n << BigInt(addressLength(family))) - 1n;
}

/** Dotted quad to an unsigned 32-bit integer; -1 where the text is none. No allocation: this is the hot path. */
export function parseIpv4(text: string, from = 0): number {
  const end = text.length;
  if (end - from < 7 || end - from > 15) return -1;
  let address = 0;
  let octet = -1;
  let octets = 0;
  for (let i = from; i < end; i++) {
    const code = text.charCodeAt(i);
    if (code === DOT) {
      if (octet < 0 || octets === 3) return -1;
      address = address * 256 + octet;
      octet = -1;
      octets++;
      continue;
    }
    const digit = code - ZERO;
    if (digit < 0 || digit > 9 || octet === 0) return -1;
    octet = octet < 0 ? digit : octet * 10 + digit;
    if (octet > 255) return -1;
  }
  return octets === 3 && octet >= 0 ? address * 256 + octet : -1;
}

function hexDigit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  const lower = code | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}

/**
 * Groups of hexadecimal digits between single colons, from `from` up to `to`, written to `groups` at `at`; returns the
 * place after the last one written, -1 where the text is wrong. The last 32 bits may be a dotted quad if the part is
 * the end of the text.
 */
function readGroups(text: string, from: number, to: number, groups: Uint16Array, at: number): number {
  let place = at;
  let i = from;
  while (i < to && place < 8) {
    const start = i;
    let group = 0;
    for (let digit = hexDigit(text.charCodeAt(i)); digit >= 0 && i < to; digit = hexDigit(text.charCodeAt(++i))) {
      group = group * 16 + digit;
    }
    if (text.charCodeAt(i) === DOT) return to === text.length ? readQuad(text, start, groups, place) : -1;
    if (i === start || i - start > 4) return -1;
    groups[place++] = group;
    if (i === to) return place;
    if (text.charCodeAt(i) !== COLON) return -1;
    i++;
  }
  return -1;
}

function readQuad(text: string, from: number, groups: Uint16Array, place: number): number {
  const quad = place > 6 ? -1 : parseIpv4(text, from);
  if (quad < 0) return -1;
  groups[place] = quad >>> 16;
  groups[place + 1] = quad & 0xffff;
  return place + 2;
}

/**
 * IPv6 text into eight 16-bit groups, written to `groups`; false where the text is none.
 *
 * The groups before `::` are read from the left, those after it behind them and then moved to the right end, with zeros
 * in between. `::` stands for at least one group and occurs once.
 */
export function parseIpv6Groups(text: string, groups: Uint16Array): boolean {
  const end = text.length;
  if (end < 2 || end > 45) return false;
  const gap = text.indexOf('::');
  if (gap < 0) return readGroups(text, 0, end, groups, 0) === 8;
  const left = gap === 0 ? 0 : readGroups(text, 0, gap, groups, 0);
  if (left < 0) return false;
  const right = gap + 2 === end ? left : readGroups(text, gap + 2, end, groups, left);
  if (right < 0 || right === 8) return false;
  groups.copyWithin(8 - (right - left), left, right);
  groups.fill(0, left, 8 - (right - left));
  return true;
}

const scratch = new Uint16Array(8);

/** IPv6 text to 128 bits, mapped addresses left as they are; null where the text is none. */
export function parseIpv6Bits(text: string): bigint | null {
  if (!parseIpv6Groups(text, scratch)) return null;
  let bits = 0n;
  for (let i = 0; i < 8; i += 2) {
    bits = (bits << 32n) | BigInt((scratch[i] as number) * 65536 + (scratch[i + 1] as number));
  }
  return bits;
}

/** Whether 128 bits are an IPv4-mapped address (`::ffff:0:0/96`). */
export function isMapped(bits: bigint): boolean {
  return bits >> 32n === MAPPED_PREFIX;
}

/** Address text to an address; null where it is none. */
export function parseAddress(text: string): Address | null {
  const quad = parseIpv4(text);
  if (quad >= 0) return { family: 4, bits: BigInt(quad) };
  const bits = parseIpv6Bits(text);
  if (bits === null) return null;
  return isMapped(bits) ? { family: 4, bits: bits & LOW_32 } : { family: 6, bits };
}

/** Whether the text is an address. */
export function isAddress(text: string): boolean {
  return parseIpv4(text) >= 0 || parseIpv6Groups(text, scratch);
}

/** Unsigned 32-bit integer to dotted quad. */
export function formatIpv4(bits: number): string {
  return `${bits >>> 24}.${(bits >>> 16) & 255}.${(bits >>> 8) & 255}.${bits & 255}`;
}

/** RFC 5952: lower case, no leading zeros, the first longest run of two or more zero groups becomes `::`. */
function formatIpv6(bits: bigint): string {
  const groups: number[] = [];
  for (let shift = 112n; shift >= 0n; shift -= 16n) groups.push(Number((bits >> shift) & 0xffffn));
  let runStart = -1;
  let runLength = 1;
  for (let i = 0; i < 8; i++) {
    let end = i;
    while (end < 8 && groups[end] === 0) end++;
    if (end - i > runLength) {
      runStart = i;
      runLength = end - i;
    }
    i = Math.max(i, end - 1);
  }
  const hex = (from: number, to: number) =>
    groups
      .slice(from, to)
      .map((group) => group.toString(16))
      .join(':');
  return runStart < 0 ? hex(0, 8) : `${hex(0, runStart)}::${hex(runStart + runLength, 8)}`;
}

/** Canonical text of an address. */
export function formatAddress(address: Address): string {
  return address.family === 4 ? formatIpv4(Number(address.bits)) : formatIpv6(address.bits);
}

/** The one spelling of an address that we store and compare; null where the text is none. */
export function canonicalAddress(text: string): string | null {
  if (parseIpv4(text) >= 0) return text;
  const address = parseAddress(text);
  return address && formatAddress(address);
}
