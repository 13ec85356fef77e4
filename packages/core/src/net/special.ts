/**
 * Addresses of no particular place: private, shared, link-local, documentation, multicast and the like have no
 * geography. Source: the IANA IPv4 and IPv6 Special-Purpose Address Registries (entries not globally reachable) and the
 * multicast registries.
 */
import { type Address, parseAddress, parseIpv4 } from './address.ts';
import { type Prefix, parsePrefix, prefixContains, prefixRange } from './prefix.ts';

/** Block and what it is for. */
export const SPECIAL_PURPOSE: readonly (readonly [cidr: string, purpose: string])[] = [
  ['0.0.0.0/8', 'this network'],
  ['10.0.0.0/8', 'private use'],
  ['100.64.0.0/10', 'shared address space'],
  ['127.0.0.0/8', 'loopback'],
  ['169.254.0.0/16', 'link-local'],
  ['172.16.0.0/12', 'private use'],
  ['192.0.0.0/24', 'IETF protocol assignments'],
  ['192.0.2.0/24', 'documentation'],
  ['192.168.0.0/16', 'private use'],
  ['198.18.0.0/15', 'benchmarking'],
  ['198.51.100.0/24', 'documentation'],
  ['203.0.113.0/24', 'documentation'],
  ['224.0.0.0/4', 'multicast'],
  ['240.0.0.0/4', 'reserved'],
  ['::/128', 'unspecified'],
  ['::1/128', 'loopback'],
  ['64:ff9b:1::/48', 'local-use translation'],
  ['100::/64', 'discard-only'],
  ['2001::/23', 'IETF protocol assignments'],
  ['2001:db8::/32', 'documentation'],
  ['3fff::/20', 'documentation'],
  ['5f00::/16', 'segment routing'],
  ['fc00::/7', 'unique local'],
  ['fe80::/10', 'link-local'],
  ['ff00::/8', 'multicast'],
];

const PREFIXES: readonly Prefix[] = SPECIAL_PURPOSE.map(([cidr]) => parsePrefix(cidr) as Prefix);

/** First and last of the IPv4 blocks, alternating and ascending: a number look-up for the record path. */
const IPV4_BOUNDS: readonly number[] = PREFIXES.filter((prefix) => prefix.family === 4).flatMap((prefix) => {
  const { first, last } = prefixRange(prefix);
  return [Number(first), Number(last)];
});

function isSpecialIpv4(bits: number): boolean {
  for (let i = 0; i < IPV4_BOUNDS.length; i += 2) {
    if (bits < (IPV4_BOUNDS[i] as number)) return false;
    if (bits <= (IPV4_BOUNDS[i + 1] as number)) return true;
  }
  return false;
}

/** Whether an address (or its text) lies in a special-purpose block. Text that is no address does not. */
export function isSpecialPurpose(address: Address | string): boolean {
  if (typeof address === 'string') {
    const quad = parseIpv4(address);
    if (quad >= 0) return isSpecialIpv4(quad);
    const parsed = parseAddress(address);
    return parsed !== null && isSpecialPurpose(parsed);
  }
  if (address.family === 4) return isSpecialIpv4(Number(address.bits));
  return PREFIXES.some((prefix) => prefixContains(prefix, address));
}
