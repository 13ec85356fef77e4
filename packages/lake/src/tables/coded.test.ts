/** Records that somebody has coded already: the roll-up of a day is the same from them as from its files. */
import { expect, it } from 'vitest';
import { ingest } from '../ingest/ingest.ts';
import type { Lake } from '../lake.ts';
import { daysIn, filesOfDay } from '../relations.ts';
import { rollUp } from '../rollup/roll-up.ts';
import { smallAccount, someGeography, writeObject } from '../testing/accounts.ts';
import { contentOf } from '../testing/content.ts';
import { markAllDays } from '../testing/dirty.ts';
import { temporaryFolder, temporaryLake } from '../testing/temporary.ts';
import { type CodedRecords, codeFiles } from './coded.ts';

/** The records of a day with codes in another order. */
const codedOtherwise = async (lake: Lake, day: number | null): Promise<CodedRecords> => {
  const { db } = lake;
  const folder = await temporaryFolder();
  const coded = await codeFiles(db, await filesOfDay(lake, 'flows', day), { folder, recordsAtOnce: 1e6 });
  const other = (code: string) => `CASE WHEN ${code} = 0 THEN 0 ELSE 1000000 - ${code} END`;
  const name = (table: string) => `${table}_${day ?? 'none'}`;
  const copies = [
    [coded.interfaces, 'code'],
    [coded.addresses, 'code'],
    [coded.owners, 'interface'],
    [coded.relation, 'interface, srcaddr, dstaddr'],
  ] as const;
  for (const [table, columns] of copies) {
    const replaced = columns.split(', ').map((column) => `${other(column)}::INTEGER AS ${column}`);
    await db.run(`CREATE TEMP TABLE ${name(table)} AS SELECT * REPLACE (${replaced.join(', ')}) FROM ${table}`);
  }
  await coded.drop();
  return {
    ...coded,
    ...{ relation: name(coded.relation), parts: [name(coded.relation)], owners: name(coded.owners) },
    ...{ interfaces: name(coded.interfaces), addresses: name(coded.addresses) },
    drop: async () => {
      for (const [table] of copies) await db.run(`DROP TABLE ${name(table)}`);
    },
  };
};

it('is rolled up as from files, whatever the codes are', async () => {
  const account = smallAccount(5, 'v2');
  const lake = await temporaryLake();
  const path = await writeObject(await temporaryFolder(), 0, account.header, account.lines);
  await ingest(lake, [path], { snapshots: account.snapshots, geo: someGeography });
  const expected = await contentOf(lake);
  await markAllDays(lake);
  const tablesOf = async () => await lake.db.all('SELECT table_name FROM duckdb_tables()');
  const before = await tablesOf();
  const coded = new Map<number | null, CodedRecords>();
  for (const day of daysIn(lake, 'flows')) coded.set(day, await codedOtherwise(lake, day));
  await lake.write(() => rollUp(lake, { coded }));
  expect(await contentOf(lake)).toEqual(expected);
  expect(await tablesOf()).toEqual(before);
});
