import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { describe, expect, it } from 'vitest';
import { type Family, formatAddress, lastAddress, parseAddress } from './address.ts';
import { formatPrefix, parsePrefix, prefixContains, prefixRange, rangeToPrefixes } from './prefix.ts';

const ipv4Cidr = fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 })).map(([a, n]) => `${a}/${n}`);
const ipv6Cidr = fc
  .tuple(fc.bigInt({ min: 1n << 64n, max: lastAddress(6) }), fc.integer({ min: 0, max: 128 }))
  .map(([bits, n]) => `${formatAddress({ family: 6, bits })}/${n}`);

describe('parsePrefix', () => {
  it('agrees with ipaddr.js on first address, last address and membership', () => {
    fc.assert(
      fc.property(ipv4Cidr, fc.ipV4(), (cidr, text) => {
        const prefix = parsePrefix(cidr);
        const address = parseAddress(text);
        if (!prefix || !address) throw new Error('generator gives valid text');
        const { first, last } = prefixRange(prefix);
        expect(formatAddress({ family: 4, bits: first })).toBe(ipaddr.IPv4.networkAddressFromCIDR(cidr).toString());
        expect(formatAddress({ family: 4, bits: last })).toBe(ipaddr.IPv4.broadcastAddressFromCIDR(cidr).toString());
        expect(prefixContains(prefix, address)).toBe(ipaddr.IPv4.parse(text).match(ipaddr.IPv4.parseCIDR(cidr)));
      }),
    );
  });

  it('agrees with ipaddr.js on IPv6 membership', () => {
    fc.assert(
      fc.property(ipv6Cidr, fc.bigInt({ min: 1n << 64n, max: lastAddress(6) }), (cidr, bits) => {
        const prefix = parsePrefix(cidr);
        if (!prefix) throw new Error('generator gives valid text');
        const text = formatAddress({ family: 6, bits });
        expect(prefixContains(prefix, { family: 6, bits })).toBe(
          ipaddr.IPv6.parse(text).match(ipaddr.IPv6.parseCIDR(cidr)),
        );
      }),
    );
  });

  it('clears host bits and reads a bare address as a host prefix', () => {
    expect(formatPrefix(parsePrefix('192.0.2.77/24') ?? expect.fail())).toBe('192.0.2.0/24');
    expect(formatPrefix(parsePrefix('192.0.2.77') ?? expect.fail())).toBe('192.0.2.77/32');
    expect(formatPrefix(parsePrefix('2001:DB8::1') ?? expect.fail())).toBe('2001:db8::1/128');
  });

  it('reads a prefix of mapped addresses as IPv4 only where it lies within them', () => {
    expect(formatPrefix(parsePrefix('::ffff:192.0.2.0/120') ?? expect.fail())).toBe('192.0.2.0/24');
    expect(parsePrefix('::ffff:192.0.2.0/90')?.family).toBe(6);
  });

  it.each([
    '192.0.2.0/33',
    '192.0.2.0/',
    '192.0.2.0/08',
    '192.0.2.0/-1',
    '2001:db8::/129',
    '/8',
    'x/8',
    '192.0.2/24',
    '192.0.2.0/8/8',
  ])('refuses %j', (text) => expect(parsePrefix(text)).toBeNull());
});

describe('rangeToPrefixes', () => {
  const range = fc
    .constantFrom<Family>(4, 6)
    .chain((family) =>
      fc
        .tuple(fc.bigInt({ min: 0n, max: lastAddress(family) }), fc.bigInt({ min: 0n, max: lastAddress(family) }))
        .map(([a, b]) => (a < b ? { family, first: a, last: b } : { family, first: b, last: a })),
    );

  it('covers the range exactly: adjacent, in order, none beyond', () => {
    fc.assert(
      fc.property(range, ({ family, first, last }) => {
        let next = first;
        for (const prefix of rangeToPrefixes({ family, first, last })) {
          const piece = prefixRange(prefix);
          expect(piece.first).toBe(next);
          expect(prefix.first).toBe(piece.first);
          next = piece.last + 1n;
        }
        expect(next).toBe(last + 1n);
      }),
    );
  });

  it('gives a whole prefix back as one', () => {
    fc.assert(
      fc.property(fc.oneof(ipv4Cidr, ipv6Cidr), (cidr) => {
        const prefix = parsePrefix(cidr) ?? expect.fail();
        expect(rangeToPrefixes(prefixRange(prefix))).toEqual([prefix]);
      }),
    );
  });
});
