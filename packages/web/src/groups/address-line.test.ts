import { parseAddress } from '@flowfit/core/net/address';
import { parsePrefix, prefixContains } from '@flowfit/core/net/prefix';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatAddresses, tightestBlocks, toAddressLine } from './address-line.ts';

describe('the line of allowed addresses', () => {
  it('puts marks where the addresses are', () => {
    const line = toAddressLine(['10.0.0.0/8'], ['10.128.0.0/32']);
    expect(line.marks).toEqual([{ at: 0.5, width: 1 / 2 ** 24 }]);
    expect(line).toMatchObject({ allowed: 2n ** 24n, seen: 1n });
  });

  it('gives every allowed block the same width', () => {
    const line = toAddressLine(['10.0.0.0/8', '192.0.2.7/32'], ['192.0.2.7/32']);
    expect(line.blocks).toEqual(['10.0.0.0/8', '192.0.2.7/32']);
    expect(line.marks).toEqual([{ at: 0.5, width: 0.5 }]);
  });

  it('leaves out what an earlier version of the rule allowed', () => {
    expect(toAddressLine(['10.0.0.0/8'], ['192.0.2.1/32']).marks).toEqual([]);
  });

  it('keeps IPv4 and IPv6 apart', () => {
    expect(toAddressLine(['::/0'], ['10.0.0.1/32', '8000::/128']).marks.map(({ at }) => at)).toEqual([0.5]);
  });
});

const addresses = fc.array(
  fc.oneof(
    fc.tuple(fc.nat(255), fc.nat(255), fc.nat(3), fc.nat(255)).map((parts) => parts.join('.')),
    fc.nat(65_535).map((number) => `2001:db8::${number.toString(16)}`),
  ),
  { minLength: 1, maxLength: 40 },
);

describe('the tightest blocks', () => {
  it('are the addresses themselves while they are few', () => {
    expect(tightestBlocks(['10.0.0.1/32', '192.0.2.0/30'], 4)).toEqual(['10.0.0.1/32', '192.0.2.0/30']);
  });

  it('are no wider than they have to be', () => {
    const blocks = tightestBlocks(['10.0.0.1/32', '10.0.0.9/32', '10.0.0.14/32', '192.0.2.1/32', '192.0.2.2/32'], 2);
    expect(blocks).toEqual(['10.0.0.0/28', '192.0.2.0/30']);
  });

  it('hold every address, and are no more than asked for', () => {
    fc.assert(
      fc.property(addresses, fc.integer({ min: 2, max: 6 }), (seen, count) => {
        const blocks = tightestBlocks(seen, count).map(parsePrefix);
        expect(blocks.length).toBeLessThanOrEqual(count);
        for (const text of seen) {
          const address = parseAddress(text);
          expect(blocks.some((block) => block && address && prefixContains(block, address))).toBe(true);
        }
      }),
    );
  });
});

it('sizes are words', () => {
  expect(formatAddresses(256n)).toBe('256');
  expect(formatAddresses(2n ** 32n)).toBe('4.3 billion');
  expect(formatAddresses(2n ** 96n)).toBe('2^96');
});
