import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { addCounts, emptyCounts, type LedgerEntry, readLedger, totalOf } from './ledger.ts';
import { lakePaths } from './paths.ts';
import { temporaryFolder } from './testing/temporary.ts';

const entry = (source: string): LedgerEntry => ({
  source,
  sha256: source.repeat(64).slice(0, 64),
  bytes: 1,
  ingestedAt: '2026-06-01T00:00:00.000Z',
  counts: emptyCounts(),
});

it('reads all entries, oldest batch first, and nothing where there is no ledger', async () => {
  const paths = lakePaths(await temporaryFolder());
  expect(await readLedger(paths)).toEqual([]);
  await mkdir(paths.sources);
  await writeFile(join(paths.sources, '20260602.ndjson'), `${JSON.stringify(entry('c'))}\n`);
  await writeFile(
    join(paths.sources, '20260601.ndjson'),
    `${JSON.stringify(entry('a'))}\n${JSON.stringify(entry('b'))}\n`,
  );
  await writeFile(join(paths.sources, 'README'), 'not of the ledger');
  expect((await readLedger(paths)).map(({ source }) => source)).toEqual(['a', 'b', 'c']);
});

it('adds counts, by reason too', () => {
  const sum = { ...emptyCounts(), stored: 1, rejected: { 'bad-number': 2 } };
  addCounts(sum, {
    stored: 10,
    noData: 20,
    skipData: 30,
    duplicates: 40,
    rejected: { 'bad-number': 5, 'bad-json': 6 },
  });
  expect(sum).toEqual({
    stored: 11,
    noData: 20,
    skipData: 30,
    duplicates: 40,
    rejected: { 'bad-number': 7, 'bad-json': 6 },
  });
  expect(totalOf(sum)).toBe(114);
});
