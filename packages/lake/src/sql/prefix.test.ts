import { DuckDBInstance } from '@duckdb/node-api';
import { formatAddress, parseAddress } from '@flowfit/core/net/address';
import { formatPrefix, parsePrefix, prefixContains, toPrefix } from '@flowfit/core/net/prefix';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { inPrefixSql } from './prefix.ts';

/** Many zero groups, so that `::` falls everywhere, and few other values, so that prefixes hold something. */
const group = fc.constantFrom(0, 0, 0, 1, 2, 0x10, 0x1f, 0xdb8, 0x2001, 0xfd00, 0xffff);
const octet = fc.constantFrom(0, 1, 9, 10, 16, 31, 100, 127, 128, 192, 255);
const ipv4 = fc.array(octet, { minLength: 4, maxLength: 4 }).map((octets) => toBits(octets, 8n));
const ipv6 = fc.array(group, { minLength: 8, maxLength: 8 }).map((groups) => toBits(groups, 16n));
const address = fc.oneof(
  ipv4.map((bits) => formatAddress({ family: 4, bits })),
  ipv6.map((bits) => formatAddress({ family: 6, bits })),
);
const prefix = fc.oneof(
  fc.tuple(ipv4, fc.integer({ min: 0, max: 32 })).map(([bits, length]) => toPrefix(4, bits, length)),
  fc.tuple(ipv6, fc.integer({ min: 0, max: 128 })).map(([bits, length]) => toPrefix(6, bits, length)),
);

function toBits(parts: readonly number[], width: bigint): bigint {
  return parts.reduce((bits, part) => (bits << width) | BigInt(part), 0n);
}

describe('inPrefixSql', () => {
  // Mapped addresses are canonical as IPv4.
  const addresses = [...new Set(fc.sample(address, { numRuns: 3000, seed: 1 }).map(canonical))];
  let matches: (sql: string, params: readonly (string | number)[]) => Promise<Set<string>>;

  beforeAll(async () => {
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    await connection.run('create table flows as select unnest(cast(? as json)::varchar[]) as a', [
      JSON.stringify(addresses),
    ]);
    await connection.run("insert into flows values (null), (''), ('unknown')");
    matches = async (sql, params) => {
      const result = await connection.runAndReadAll(`select a from flows where ${sql}`, [...params]);
      return new Set(result.getRowsJS().map(([text]) => String(text)));
    };
  });

  it('selects what core/net says lies in the prefix', async () => {
    await fc.assert(
      fc.asyncProperty(prefix, async (random) => {
        // As a filter has it: through its text, by which mapped prefixes become IPv4 ones.
        const cidr = parsePrefix(formatPrefix(random))!;
        const { sql, params } = inPrefixSql('a', cidr);
        const expected = addresses.filter((text) => prefixContains(cidr, parseAddress(text)!));
        expect([...(await matches(sql, params))].sort()).toEqual(expected.sort());
      }),
      { numRuns: 300, seed: 2 },
    );
  });

  it.each([
    [
      '10.16.0.0/12',
      "(starts_with(a, ?) and try_cast(split_part(a, '.', 2) as utinyint) between ? and ?)",
      ['10.', 16, 31],
    ],
    ['192.0.2.0/24', 'starts_with(a, ?)', ['192.0.2.']],
    ['192.0.2.7/32', 'a = ?', ['192.0.2.7']],
    ['2001:db8:40::/48', 'starts_with(a, ?)', ['2001:db8:40:']],
    [
      '2001:db8:40::/42',
      "(starts_with(a, ?) and lpad(split_part(a, ':', 3), 4, '0') between ? and ?)",
      ['2001:db8:', '0040', '007f'],
    ],
    ['::1/128', 'a = ?', ['::1']],
    ['0.0.0.0/0', "contains(a, '.')", []],
    ['::/0', "contains(a, ':')", []],
  ])('compiles %s to a test of the beginning of the text', (cidr, sql, params) => {
    expect(inPrefixSql('a', parsePrefix(cidr)!)).toEqual({ sql, params });
  });
});

function canonical(text: string): string {
  return formatAddress(parseAddress(text)!);
}
