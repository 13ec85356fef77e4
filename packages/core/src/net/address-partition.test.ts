import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Address, formatAddress } from './address.ts';
import { AddressPartition } from './address-partition.ts';
import { AddressSet } from './address-set.ts';

const block = fc.oneof(
  fc
    .tuple(fc.integer({ min: 0, max: 15 }), fc.integer({ min: 28, max: 32 }))
    .map(([n, length]) => `10.0.0.${n}/${length}`),
  fc
    .tuple(fc.integer({ min: 0, max: 15 }), fc.integer({ min: 124, max: 128 }))
    .map(([n, length]) => `2001:db8::${n.toString(16)}/${length}`),
  fc.constantFrom('0.0.0.0/0', '::/0', '255.255.255.255', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', '10.0.0.0/8'),
);
const sets = fc.array(fc.array(block, { maxLength: 4 }), { maxLength: 5 });
const addresses: Address[] = [
  ...Array.from({ length: 20 }, (_, i): Address => ({ family: 4, bits: (10n << 24n) + BigInt(i) })),
  ...Array.from({ length: 20 }, (_, i): Address => ({ family: 6, bits: (0x20010db8n << 96n) + BigInt(i) })),
  { family: 4, bits: 0n },
  { family: 4, bits: 0xffff_ffffn },
  { family: 6, bits: 0n },
  { family: 6, bits: (1n << 128n) - 1n },
];

describe('AddressPartition', () => {
  it('says of every address which sets hold it', () => {
    fc.assert(
      fc.property(sets, (lists) => {
        const all = lists.map((list) => AddressSet.parse(list));
        const partition = new AddressPartition(all);
        for (const address of addresses) {
          const found = partition.classes[partition.classOf(formatAddress(address))];
          expect(found).toEqual(all.flatMap((set, index) => (set.contains(address) ? [index] : [])));
        }
      }),
    );
  });

  it('takes mapped addresses for IPv4, and refuses what is no address', () => {
    const partition = new AddressPartition([AddressSet.parse(['192.0.2.0/24'])]);
    expect(partition.classes[partition.classOf('::ffff:192.0.2.7')]).toEqual([0]);
    expect(partition.classOf('web')).toBe(-1);
    expect(partition.classOf('::1')).toBe(0);
  });
});
