/**
 * Address arithmetic of the simulated account. On purpose independent of `@flowfit/core/net`: the account is the oracle
 * that the core is tested against. It reads only the texts that the account itself writes.
 */
export interface Bits {
  readonly family: 4 | 6;
  readonly bits: bigint;
}

export function toBits(address: string): Bits {
  return address.includes(':') ? { family: 6, bits: bitsOf6(address) } : { family: 4, bits: bitsOf4(address) };
}

function bitsOf4(address: string): bigint {
  return BigInt(address.split('.').reduce((value, part) => value * 256 + Number(part), 0));
}

function bitsOf6(address: string): bigint {
  const [head = '', tail] = address.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const groups = tail === undefined ? left : [...left, ...Array(8 - left.length - right.length).fill('0'), ...right];
  return groups.reduce((value, group) => (value << 16n) | BigInt(Number.parseInt(group, 16)), 0n);
}

/** `10.0.0.0` plus 258 is `10.0.1.2`. */
export function addressAt4(network: string, offset: number): string {
  const value = Number(bitsOf4(network)) + offset;
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
}

/** `2001:db8:1:2` (four groups) and 0xab give `2001:db8:1:2::ab`; the offset is within [1, 0xffff]. */
export function addressAt6(network: string, offset: number): string {
  return `${network}::${offset.toString(16)}`;
}

export interface Range extends Bits {
  readonly last: bigint;
}

/** First (`bits`) and last address of a CIDR. */
export function rangeOf(cidr: string): Range {
  const [address = '', length = ''] = cidr.split('/');
  const { family, bits } = toBits(address);
  const size = 1n << BigInt((family === 4 ? 32 : 128) - Number(length));
  const first = bits - (bits % size);
  return { family, bits: first, last: first + size - 1n };
}

export const isInRange = (range: Range, address: Bits): boolean =>
  range.family === address.family && range.bits <= address.bits && address.bits <= range.last;
