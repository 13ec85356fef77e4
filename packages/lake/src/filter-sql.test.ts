import { DuckDBInstance } from '@duckdb/node-api';
import { toPredicate } from '@flowfit/core/filter/evaluate';
import { filterField } from '@flowfit/core/filter/fields';
import { formatFilter } from '@flowfit/core/filter/format';
import { parseFilter } from '@flowfit/core/filter/parse';
import { allOf, anyOf, EVERYTHING, type Filter, negate } from '@flowfit/core/filter/tree';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { compileFilter } from './filter-sql.ts';

const column = (field: string) => `"${field}"`;

/** Few values, so that tests and records meet. */
const POOLS = {
  'vpc-id': ['vpc-1', 'vpc-2', 'VPC-1', ''],
  'instance-tag': ["O'Neil", 'büro', 'Büro', 'web server', 'a?b', '%', 'WEB'],
  action: ['ACCEPT', 'REJECT'],
  srcaddr: ['10.0.0.1', '10.17.0.1', '192.0.2.7', '2001:db8::1', '2001:db8:0:1::2', '::1'],
  'peer-address': ['198.51.100.9', '10.0.0.1', 'fd00::1:2'],
  dstport: [0, 22, 443, 8443, 49152],
  bytes: [0, 40, 2_147_483_648, Number.MAX_SAFE_INTEGER],
  start: [1_767_225_600, 1_767_229_200],
  'security-group-ids': [[], ['sg-1'], ['sg-1', 'sg-2'], ['SG-3']],
  'source-location': [{ lat: 1.5, lon: -2 }],
} as const satisfies Readonly<Record<string, readonly unknown[]>>;

type Field = keyof typeof POOLS;
const FIELDS = Object.keys(POOLS) as Field[];

const record: fc.Arbitrary<Record<string, unknown>> = fc.record(
  Object.fromEntries(FIELDS.map((field) => [field, fc.constantFrom<unknown>(null, ...POOLS[field])])),
);

const texts = fc.constantFrom('vpc-1', 'sg-1', 'sg-2', 'sg-9', 'BÜRO', "'", '?', 'web', '', 'ACCEPT', '-');
const numbers = fc.constantFrom(0, 22, 40, 443, 1_767_225_600, 2_147_483_648, Number.MAX_SAFE_INTEGER);
const addresses = fc.constantFrom('10.0.0.1', '192.0.2.7', '2001:db8::1', '203.0.113.1');
const prefixes = fc.constantFrom(
  '10.0.0.0/8',
  '10.16.0.0/12',
  '0.0.0.0/0',
  '2001:db8::/32',
  '2001:db8:0:1::/64',
  '::/0',
  'fc00::/7',
);

const tests = fc.constantFrom(...FIELDS).chain((name): fc.Arbitrary<Filter> => {
  const isNull = fc.constant<Filter>({ kind: 'null', field: name });
  const isIn = (value: fc.Arbitrary<unknown>) =>
    fc.array(value, { minLength: 1, maxLength: 3 }).map((values) => ({ kind: 'in', field: name, values }) as Filter);
  const number = numbers.map((n) => ({ kind: 'number', number: n }));
  switch (filterField(name)!.kind) {
    case 'location':
      return isNull;
    case 'address':
      return fc.oneof(
        isNull,
        isIn(
          fc.oneof(
            addresses.map((address) => ({ kind: 'address', address })),
            prefixes.map((prefix) => ({ kind: 'prefix', prefix })),
          ),
        ),
      );
    case 'number':
    case 'time': {
      const range = fc
        .tuple(numbers, numbers)
        .map(([a, b]) => ({ kind: 'range', from: Math.min(a, b), to: Math.max(a, b) }));
      const order = fc
        .tuple(fc.constantFrom('<', '<=', '>', '>=' as const), numbers)
        .map(([operator, n]) => ({ kind: 'compare', field: name, operator, number: n }) as Filter);
      return fc.oneof(isNull, isIn(fc.oneof(number, range)), order);
    }
    default:
      return fc.oneof(
        isNull,
        isIn(texts.map((text) => ({ kind: 'text', text }))),
        texts.map((text): Filter => ({ kind: 'contains', field: name, text })),
      );
  }
});

const filters = fc.letrec<{ filter: Filter }>((tie) => ({
  filter: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    tests,
    fc.array(tie('filter'), { minLength: 1, maxLength: 3 }).map(allOf),
    fc.array(tie('filter'), { minLength: 1, maxLength: 3 }).map(anyOf),
    tie('filter').map(negate),
  ),
})).filter;

describe('compileFilter', () => {
  const records = fc.sample(record, { numRuns: 400, seed: 3 });
  let select: (filter: Filter) => Promise<number[]>;

  beforeAll(async () => {
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    const types = {
      text: 'VARCHAR',
      address: 'VARCHAR',
      number: 'BIGINT',
      time: 'BIGINT',
      list: '["VARCHAR"]',
    } as const;
    const structure = FIELDS.map((name) => {
      const { kind } = filterField(name)!;
      return `"${name}": ${kind === 'location' ? '{"lat": "DOUBLE", "lon": "DOUBLE"}' : kind === 'list' ? types.list : `"${types[kind]}"`}`;
    });
    const rows = JSON.stringify(records.map((values, id) => ({ id, ...values })));
    const shape = `[{"id": "INTEGER", ${structure.join(', ')}}]`;
    await connection.run(`create table flows as select unnest(from_json(?, '${shape}'), max_depth := 2)`, [rows]);
    select = async (filter) => {
      const { sql, params } = compileFilter(filter, column);
      const result = await connection.runAndReadAll(`select id from flows where ${sql} order by id`, [...params]);
      return result.getRowsJS().map(([id]) => Number(id));
    };
  });

  it('selects the records that the predicate holds for', async () => {
    await fc.assert(
      fc.asyncProperty(filters, async (filter) => {
        const holds = toPredicate(filter);
        const expected = records.flatMap((values, id) => (holds(values) ? [id] : []));
        expect(await select(filter), formatFilter(filter)).toEqual(expected);
      }),
      { numRuns: 400, seed: 4 },
    );
  });

  it('selects everything for an empty filter, nothing for an empty choice', async () => {
    expect(await select(EVERYTHING)).toHaveLength(records.length);
    expect(await select({ kind: 'or', filters: [] })).toEqual([]);
  });

  it('keeps what the user wrote out of the SQL', () => {
    const parsed = parseFilter(`vpc-id = "x'; drop table flows; --" or instance-tag ~ '?'`);
    expect(parsed.ok && compileFilter(parsed.tree, column)).toEqual({
      sql: `("vpc-id" = ? or contains(translate("instance-tag", 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz'), ?))`,
      params: ["x'; drop table flows; --", '?'],
    });
  });
});
