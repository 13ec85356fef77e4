import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAddress } from './address.ts';
import { parsePrefix, prefixContains } from './prefix.ts';
import { isSpecialPurpose, SPECIAL_PURPOSE } from './special.ts';

describe('isSpecialPurpose', () => {
  it.each([
    '10.1.2.3',
    '172.31.255.255',
    '192.168.0.1',
    '100.127.0.1',
    '169.254.169.254',
    '127.0.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '192.0.2.1',
    '::1',
    'fe80::1',
    'fd00:ec2::254',
    '2001:db8::1',
    'ff02::1',
    '::ffff:10.0.0.1',
  ])('%s has no place', (text) => expect(isSpecialPurpose(text)).toBe(true));

  it.each(['8.8.8.8', '172.32.0.1', '100.128.0.1', '192.0.1.1', '11.0.0.0', '2600:1f18::1', '2a05:d018::1', 'x'])(
    '%s may have one',
    (text) => expect(isSpecialPurpose(text)).toBe(false),
  );

  it('agrees with the table on every address', () => {
    const prefixes = SPECIAL_PURPOSE.map(([cidr]) => parsePrefix(cidr) ?? expect.fail(cidr));
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (text) => {
        const address = parseAddress(text) ?? expect.fail(text);
        const expected = prefixes.some((prefix) => prefixContains(prefix, address));
        expect(isSpecialPurpose(text)).toBe(expected);
        expect(isSpecialPurpose(address)).toBe(expected);
      }),
    );
  });
});
