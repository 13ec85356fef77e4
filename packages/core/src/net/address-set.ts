/** Sets of addresses of both families. */
import { type Address, type Family, lastAddress } from './address.ts';
import { BIGINT_STEPS, canonical, contains, equals, type Intervals, intersect, subtract } from './intervals.ts';
import { type AddressRange, type Prefix, parsePrefix, prefixRange, rangeToPrefixes } from './prefix.ts';

export class AddressSet {
  readonly #ipv4: Intervals<bigint>;
  readonly #ipv6: Intervals<bigint>;

  private constructor(ipv4: Intervals<bigint>, ipv6: Intervals<bigint>) {
    this.#ipv4 = ipv4;
    this.#ipv6 = ipv6;
  }

  static readonly EMPTY: AddressSet = new AddressSet([], []);
  static readonly ALL_IPV4: AddressSet = AddressSet.ofRanges([{ family: 4, first: 0n, last: lastAddress(4) }]);
  static readonly ALL_IPV6: AddressSet = AddressSet.ofRanges([{ family: 6, first: 0n, last: lastAddress(6) }]);
  static readonly ALL: AddressSet = AddressSet.ALL_IPV4.union(AddressSet.ALL_IPV6);

  static ofRanges(ranges: Iterable<AddressRange>): AddressSet {
    const byFamily: Record<Family, AddressRange[]> = { 4: [], 6: [] };
    for (const range of ranges) byFamily[range.family].push(range);
    return new AddressSet(
      canonical(byFamily[4].map(bounds), BIGINT_STEPS),
      canonical(byFamily[6].map(bounds), BIGINT_STEPS),
    );
  }

  static ofPrefixes(prefixes: Iterable<Prefix>): AddressSet {
    return AddressSet.ofRanges(Array.from(prefixes, prefixRange));
  }

  /** Addresses and CIDR blocks as text; what is neither holds nothing. */
  static parse(texts: Iterable<string>): AddressSet {
    return AddressSet.ofPrefixes(Array.from(texts, parsePrefix).filter((prefix) => prefix !== null));
  }

  union(other: AddressSet): AddressSet {
    return new AddressSet(
      canonical([...this.#ipv4, ...other.#ipv4], BIGINT_STEPS),
      canonical([...this.#ipv6, ...other.#ipv6], BIGINT_STEPS),
    );
  }

  intersect(other: AddressSet): AddressSet {
    return new AddressSet(intersect(this.#ipv4, other.#ipv4), intersect(this.#ipv6, other.#ipv6));
  }

  subtract(other: AddressSet): AddressSet {
    return new AddressSet(
      subtract(this.#ipv4, other.#ipv4, BIGINT_STEPS),
      subtract(this.#ipv6, other.#ipv6, BIGINT_STEPS),
    );
  }

  isEmpty(): boolean {
    return this.#ipv4.length + this.#ipv6.length === 0;
  }

  contains(address: Address): boolean {
    return contains(address.family === 4 ? this.#ipv4 : this.#ipv6, address.bits);
  }

  /** Whether every address of the other set is in this one. */
  includes(other: AddressSet): boolean {
    return other.subtract(this).isEmpty();
  }

  equals(other: AddressSet): boolean {
    return equals(this.#ipv4, other.#ipv4) && equals(this.#ipv6, other.#ipv6);
  }

  /** How many addresses, of one family or of both. */
  size(family?: Family): bigint {
    const count = (intervals: Intervals<bigint>) =>
      intervals.reduce((sum, { first, last }) => sum + last - first + 1n, 0n);
    return (family === 6 ? 0n : count(this.#ipv4)) + (family === 4 ? 0n : count(this.#ipv6));
  }

  /** Ascending within each family, IPv4 first. */
  toRanges(): AddressRange[] {
    return [
      ...this.#ipv4.map((interval) => ({ family: 4 as const, ...interval })),
      ...this.#ipv6.map((interval) => ({ family: 6 as const, ...interval })),
    ];
  }

  /** The fewest prefixes, in order. */
  toPrefixes(): Prefix[] {
    return this.toRanges().flatMap(rangeToPrefixes);
  }
}

function bounds({ first, last }: AddressRange) {
  return { first, last };
}
