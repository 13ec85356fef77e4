/** What is stored and counted, against what the parser says of each line. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { toColumn } from '@flowfit/core/flow/columns';
import { FIELDS } from '@flowfit/core/flow/fields';
import type { FlowRecord } from '@flowfit/core/flow/record';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Lake } from '../lake.ts';
import { readLedger, totalOf } from '../ledger.ts';
import { ALL_DAYS, flowsRelation } from '../relations.ts';
import { rowsOf } from '../testing/content.ts';
import { distinctRows, type Expected, expectedOf } from '../testing/expected.ts';
import { files, type Purity, type RandomFile } from '../testing/lines.ts';
import { withLake } from '../testing/temporary.ts';
import { ingest } from './ingest.ts';

const writeFiles = async (folder: string, made: readonly RandomFile[]): Promise<string[]> =>
  await Promise.all(
    made.map(async ({ text, gzip }, index) => {
      const path = join(folder, `${index}.log`);
      const bytes = Buffer.from(text);
      await writeFile(path, gzip ? gzipSync(bytes) : bytes);
      return path;
    }),
  );

const storedRows = async (lake: Lake): Promise<string[]> => {
  const columns = [...FIELDS.map(({ name }) => toColumn(name)), 'other_fields'].map((name) => `"${name}"`).join(', ');
  const rows = await lake.db.all<{ row: string }>(
    `SELECT CAST(to_json(record) AS VARCHAR) AS row FROM (SELECT ${columns} FROM ${await flowsRelation(lake, ALL_DAYS)}) AS record`,
  );
  return rows.map(({ row }) => JSON.stringify(JSON.parse(row))).sort();
};

const coverageRow = (status: string) => (record: FlowRecord) =>
  JSON.stringify({
    account_id: record['account-id'] ?? null,
    interface_id: record['interface-id'] ?? null,
    start: record['start'] ?? null,
    end: record['end'] ?? null,
    log_status: status,
  });

const sumOf = (expected: readonly Expected[]): Record<string, number> => {
  const sum: Record<string, number> = {};
  for (const { rejected } of expected) {
    for (const [reason, count] of Object.entries(rejected)) sum[reason] = (sum[reason] ?? 0) + count;
  }
  return sum;
};

const check = async (made: readonly RandomFile[]): Promise<void> =>
  await withLake({}, async (lake, folder) => {
    const paths = await writeFiles(folder, made);
    const report = await ingest(lake, paths);
    // The same text twice is one object; an empty file is none.
    const distinct = made.filter(
      ({ text, gzip }, index) =>
        (gzip || text !== '') && made.findIndex((other) => other.text === text && other.gzip === gzip) === index,
    );
    const expected = distinct.map(({ text }) => expectedOf(text));
    const records = distinctRows(expected.flatMap((file) => file.records));
    const noData = distinctRows(
      expected.flatMap((file) => file.noData),
      coverageRow('NODATA'),
    );
    const skipData = distinctRows(
      expected.flatMap((file) => file.skipData),
      coverageRow('SKIPDATA'),
    );
    const read = expected.flatMap((file) => [...file.records, ...file.noData, ...file.skipData]).length;
    expect(report.records.rejected).toEqual(sumOf(expected));
    expect(await storedRows(lake)).toEqual(records);
    const coverage = (await rowsOf(lake, 'coverage')).map((row) =>
      JSON.stringify({ ...JSON.parse(row), record_hash: undefined }),
    );
    expect(coverage.sort()).toEqual([...noData, ...skipData].sort());
    expect(report.records).toMatchObject({
      stored: records.length,
      noData: noData.length,
      skipData: skipData.length,
      duplicates: read - records.length - noData.length - skipData.length,
    });
    const { entries } = readLedger(lake);
    expect(entries.reduce((sum, { counts }) => sum + totalOf(counts), 0)).toBe(report.records.read);
  });

describe('ingest of text', () => {
  it.each<[Purity, number]>([
    ['plain', 12],
    ['odd', 20],
    ['messy', 25],
  ])('stores and counts what the parser says of %s lines', { timeout: 240_000 }, async (purity, numRuns) => {
    await fc.assert(fc.asyncProperty(fc.array(files(fc.constant(purity)), { minLength: 1, maxLength: 6 }), check), {
      numRuns,
    });
  });
});
