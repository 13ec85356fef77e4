import { isIP } from 'node:net';
import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { describe, expect, it } from 'vitest';
import { canonicalAddress, formatAddress, isAddress, parseAddress } from './address.ts';

/** The value by ipaddr.js, mapped addresses as IPv4. */
function oracle(text: string) {
  const address = ipaddr.process(text);
  const bits = address.toByteArray().reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  return { family: address.kind() === 'ipv4' ? 4 : 6, bits };
}

function rfc5952(text: string): string {
  const address = ipaddr.process(text);
  return address instanceof ipaddr.IPv6 ? address.toRFC5952String() : address.toString();
}

/** ipaddr.js reads the long deprecated `::192.0.2.1` as a mapped address; RFC 4291 and inet_pton do not. */
const ipv6 = fc.ipV6().filter((text) => !/^::[0-9]+\./.test(text));

/** Characters of addresses in any order: mostly wrong, sometimes right. */
const addressLike = fc.string({
  unit: fc.constantFrom(...'0123456789afAF:.', '::', 'ffff', '192.0.2.1', '255', '256'),
  maxLength: 12,
});

describe('parseAddress', () => {
  it('agrees with ipaddr.js on every valid IPv4 address', () => {
    fc.assert(
      fc.property(fc.ipV4(), (text) => {
        expect(parseAddress(text)).toEqual(oracle(text));
      }),
    );
  });

  it('agrees with ipaddr.js on every valid IPv6 address, in whatever spelling', () => {
    fc.assert(
      fc.property(ipv6, (text) => {
        expect(parseAddress(text)).toEqual(oracle(text));
      }),
      { numRuns: 500 },
    );
  });

  it('accepts exactly what inet_pton accepts, zones apart', () => {
    fc.assert(
      fc.property(addressLike, (text) => {
        expect(parseAddress(text) !== null).toBe(isIP(text) !== 0);
        expect(isAddress(text)).toBe(isIP(text) !== 0);
      }),
      { numRuns: 3000 },
    );
  });

  it.each(['10.1', '010.0.0.1', '1.2.3.4.5', '1.2.3.', '256.0.0.1', '-', '', 'fe80::1%eth0', '1::2::3', ':1', '1:'])(
    'refuses %j',
    (text) => expect(parseAddress(text)).toBeNull(),
  );

  it('refuses "::" that stands for no group, and a dotted quad too far to the right', () => {
    expect(parseAddress('1:2:3:4:5:6:7::8')).toBeNull();
    expect(parseAddress('1:2:3:4:5:6:7:192.0.2.1')).toBeNull();
  });

  it('takes an IPv4-mapped address for the IPv4 address, in both spellings', () => {
    expect(parseAddress('::ffff:192.0.2.1')).toEqual(parseAddress('192.0.2.1'));
    expect(parseAddress('::ffff:c000:201')).toEqual(parseAddress('192.0.2.1'));
    expect(parseAddress('::192.0.2.1')?.family).toBe(6);
  });
});

describe('formatAddress', () => {
  it('comes back as it went', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (text) => {
        const address = parseAddress(text);
        expect(address).not.toBeNull();
        if (address) expect(parseAddress(formatAddress(address))).toEqual(address);
      }),
    );
  });

  it('writes what ipaddr.js writes by RFC 5952', () => {
    fc.assert(
      fc.property(ipv6, (text) => {
        expect(canonicalAddress(text)).toBe(rfc5952(text));
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['2001:DB8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['0:0:0:0:0:0:0:0', '::'],
    ['0:0:0:0:0:0:0:1', '::1'],
    ['2001:db8:0:0:0:0:0:0', '2001:db8::'],
    ['2001:0db8:0000:0000:0000:0000:0002:0001', '2001:db8::2:1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
  ])('writes %s as %s', (text, canonical) => expect(canonicalAddress(text)).toBe(canonical));

  it('has no canonical text for what is no address', () => {
    expect(canonicalAddress('web-1')).toBeNull();
  });
});
