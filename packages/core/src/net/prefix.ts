/** Prefixes (CIDR blocks) of both families. */
import {
  type Address,
  addressLength,
  type Family,
  formatAddress,
  isMapped,
  parseAddress,
  parseIpv4,
  parseIpv6Bits,
} from './address.ts';

export interface Prefix {
  readonly family: Family;
  /** The first address, host bits clear. */
  readonly first: bigint;
  /** 0 to 32 or 128. */
  readonly length: number;
}

/** Both ends included. */
export interface AddressRange {
  readonly family: Family;
  readonly first: bigint;
  readonly last: bigint;
}

const LOW_32 = 0xffff_ffffn;

function hostMask(family: Family, length: number): bigint {
  return (1n << BigInt(addressLength(family) - length)) - 1n;
}

/** The prefix of that length that holds the bits. */
export function toPrefix(family: Family, bits: bigint, length: number): Prefix {
  return { family, first: bits & ~hostMask(family, length), length };
}

/**
 * `192.0.2.0/24`, `2001:db8::/32` or a bare address (a host prefix); null where the text is none. Host bits are
 * allowed and cleared, as EC2 does. A prefix of mapped addresses is the IPv4 prefix, where it is one.
 */
export function parsePrefix(text: string): Prefix | null {
  const slash = text.indexOf('/');
  if (slash < 0) {
    const address = parseAddress(text);
    return address && { family: address.family, first: address.bits, length: addressLength(address.family) };
  }
  const length = parseLength(text, slash + 1);
  const base = text.slice(0, slash);
  const quad = parseIpv4(base);
  if (quad >= 0) return length <= 32 ? toPrefix(4, BigInt(quad), length) : null;
  const bits = length <= 128 ? parseIpv6Bits(base) : null;
  if (bits === null) return null;
  return isMapped(bits) && length >= 96 ? toPrefix(4, bits & LOW_32, length - 96) : toPrefix(6, bits, length);
}

/** One to three digits without a leading zero; infinity where it is anything else. */
function parseLength(text: string, from: number): number {
  const digits = text.slice(from);
  return /^(0|[1-9][0-9]{0,2})$/.test(digits) ? Number(digits) : Number.POSITIVE_INFINITY;
}

/** `first/length`, canonical. */
export function formatPrefix(prefix: Prefix): string {
  return `${formatAddress({ family: prefix.family, bits: prefix.first })}/${prefix.length}`;
}

export function prefixRange(prefix: Prefix): AddressRange {
  const { family, first, length } = prefix;
  return { family, first, last: first | hostMask(family, length) };
}

/** False for an address of the other family. */
export function prefixContains(prefix: Prefix, address: Address): boolean {
  if (prefix.family !== address.family) return false;
  const shift = BigInt(addressLength(prefix.family) - prefix.length);
  return address.bits >> shift === prefix.first >> shift;
}

/**
 * The fewest prefixes that make up a range, in order: at each step the largest block that starts here (as many bits
 * as the start has trailing zeros) and does not pass the end.
 */
export function rangeToPrefixes(range: AddressRange): Prefix[] {
  const { family, last } = range;
  const width = addressLength(family);
  const prefixes: Prefix[] = [];
  let first = range.first;
  while (first <= last) {
    let host = 0;
    while (host < width && ((first >> BigInt(host)) & 1n) === 0n && first + (1n << BigInt(host + 1)) - 1n <= last)
      host++;
    prefixes.push({ family, first, length: width - host });
    first += 1n << BigInt(host);
  }
  return prefixes;
}
