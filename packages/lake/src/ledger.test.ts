import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Batch } from './commit.ts';
import { addCounts, emptyCounts, type LedgerEntry, ledgerText, readLedger, totalOf } from './ledger.ts';
import { temporaryLake } from './testing/temporary.ts';

const entry = (source: string): LedgerEntry => ({
  source,
  sha256: source.repeat(64).slice(0, 64),
  bytes: 1,
  ingestedAt: '2026-06-01T00:00:00.000Z',
  counts: emptyCounts(),
});

it('reads all entries, oldest batch first, and nothing where there is no ledger', async () => {
  const lake = await temporaryLake();
  expect(readLedger(lake)).toEqual({ entries: [], corrections: [] });
  await lake.write(async () => {
    const batch = await Batch.begin(lake);
    await batch.stageText(join(lake.paths.sources, '20260602.ndjson'), ledgerText([entry('c')]));
    await batch.stageText(join(lake.paths.sources, '20260601.ndjson'), ledgerText([entry('a'), entry('b')]));
    await batch.commit();
  });
  await writeFile(join(lake.paths.sources, '20260600.ndjson'), 'not of the lake');
  expect(readLedger(lake).entries.map(({ source, batch }) => [source, batch])).toEqual([
    ['a', '20260601'],
    ['b', '20260601'],
    ['c', '20260602'],
  ]);
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
