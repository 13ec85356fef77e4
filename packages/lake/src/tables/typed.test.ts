/** Rows as typed arrays, out of DuckDB and into it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Database } from '../database.ts';
import { streamChunks } from '../queries/run.ts';
import { loadRows, type Rows, readRows, type Shape, streamRows } from './typed.ts';

let db: Database;
beforeAll(async () => {
  db = await Database.open({ threads: 2 });
});
afterAll(() => db.close());

const SHAPE = { tiny: 'tiny', int: 'int', whole: 'whole', long: 'long', hash: 'hash' } as const satisfies Shape;

const valuesOf = ({ count, columns }: Rows<typeof SHAPE>) =>
  Object.fromEntries(
    Object.entries(columns).map(([name, values]) => [name, [...(values as Int32Array).subarray(0, count)].map(String)]),
  );

it('are the same when they come back', async () => {
  const columns = {
    tiny: Uint8Array.of(0, 255),
    int: Int32Array.of(-1, 2 ** 31 - 1),
    whole: Float64Array.of(-1, 2 ** 53 - 1),
    long: BigInt64Array.of(-1n, 2n ** 63n - 1n),
    hash: BigUint64Array.of(0n, 2n ** 64n - 1n),
  };
  const table = await loadRows(db, 'typed_rows', SHAPE, { count: 2, columns });
  const back = await readRows(db, SHAPE, `SELECT * FROM ${table.name} ORDER BY int`);
  expect(valuesOf(back)).toEqual(valuesOf({ count: 2, columns }));
});

describe('a result that breaks off', () => {
  const sql = (bad: number) =>
    `SELECT CASE WHEN range = ${bad} THEN error('this row cannot be read') ELSE range END AS n FROM range(1000000)`;

  const ways = {
    read: async (query: string) => (await readRows(db, { n: 'whole' }, query)).count,
    streamed: async (query: string) => {
      let rows = 0;
      for await (const { count } of streamRows(db, { n: 'whole' }, query)) rows += count;
      return rows;
    },
    'streamed in chunks': async (query: string) => {
      let rows = 0;
      for await (const chunk of streamChunks({ db }, { sql: query, params: [] })) rows += chunk.rowCount;
      return rows;
    },
  };

  it.each(Object.entries(ways))('is an error, never a shorter answer: %s', async (_, count) => {
    await expect(count(sql(500_000))).rejects.toThrow();
    expect(await count(sql(1_000_001))).toBe(1_000_000);
  });
});
