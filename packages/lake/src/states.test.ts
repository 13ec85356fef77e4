/** Every question is asked of one state of the lake, whatever a writer does, did or did not finish. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inventoryOf } from '@flowfit/core/analysis/example-account';
import { expect, it } from 'vitest';
import { ingest } from './ingest/ingest.ts';
import { addSnapshot } from './inventory/store.ts';
import { type Lake, openLake } from './lake.ts';
import { checkLedger } from './ledger.ts';
import { queryFlows } from './queries/flows.ts';
import { querySummary } from './queries/summary.ts';
import { queryTop } from './queries/top.ts';
import type { LakeState } from './state.ts';
import { markAllDays } from './testing/dirty.ts';
import { HEADER, lines, text } from './testing/records.ts';
import { temporaryFolder, temporaryLake } from './testing/temporary.ts';

const put = async (...all: string[]): Promise<string> => {
  const path = join(await temporaryFolder(), 'a.log');
  await writeFile(path, text(HEADER, ...all));
  return path;
};

const answersOf = async (state: LakeState) => ({
  flows: (await queryFlows(state, {})).length,
  summary: await querySummary(state, {}),
  top: await queryTop(state, { field: 'srcaddr', limit: 5 }),
});

const snapshot = inventoryOf({
  groups: { 'sg-a': ['inbound tcp 443 from 0.0.0.0/0'] },
  interfaces: { 'eni-1': { groups: ['sg-a'], addresses: ['10.0.0.1'] } },
});

it('a reader sees the state that it took, although a writer replaces its files', async () => {
  const lake = await temporaryLake();
  await ingest(lake, [await put(...lines(0, 20))]);
  const reader = await openLake(lake.dir, { threads: 1 });
  try {
    const state = await reader.pin();
    const before = await answersOf(state);
    await ingest(lake, [await put(...lines(20, 50))]);
    // Rewrites the records, and rolls up all days.
    await addSnapshot(lake, snapshot);
    expect(await answersOf(state)).toEqual(before);
    await state.release();
    const newest = await reader.pin();
    expect((await answersOf(newest)).flows).toBe(50);
    expect((await querySummary(newest, {})).groups).toBe(1);
    await newest.release();
  } finally {
    reader.close();
  }
  await lake.write(() => Promise.resolve());
  expect(lake.manifest.superseded.filter(({ path }) => path === '')).toEqual([]);
});

it('what is not rolled up is counted from the records', async () => {
  const lake = await temporaryLake();
  const paths = [await put(...lines(0, 20)), await put(...lines(20, 50))];
  await ingest(lake, paths);
  const expected = await answersOf(lake);
  const interrupted = await temporaryLake();
  await ingest(interrupted, paths.slice(0, 1));
  await stopBeforeRollUp(interrupted, paths);
  expect(interrupted.manifest.dirty).not.toEqual([]);
  expect(await answersOf(interrupted)).toEqual(expected);
});

/** As a full disk or a kill in the roll-up leaves a lake. */
const stopBeforeRollUp = async (lake: Lake, paths: readonly string[]): Promise<void> => {
  const stop = new AbortController();
  await expect(ingest(lake, paths, { signal: stop.signal, onProgress: () => stop.abort() })).rejects.toThrow(/abort/i);
};

it('the ledger says what the files have, or ingest fails', async () => {
  const lake = await temporaryLake();
  await ingest(lake, [await put(...lines(0, 20))]);
  expect(() => checkLedger(lake)).not.toThrow();
  const files = lake.manifest.files.filter(({ path }) => !path.startsWith('flows/'));
  const lossy: LakeState = { ...lake, manifest: { ...lake.manifest, files } };
  expect(() => checkLedger(lossy)).toThrow(
    expect.objectContaining({ code: 'ledger-mismatch', message: expect.stringMatching(/says 20 records .* have 0/) }),
  );
});

it('two that make the same lake at once do not undo each other', async () => {
  const dir = join(await temporaryFolder(), 'lake');
  const path = await put(...lines(0, 20));
  const lakes = await Promise.all([1, 2, 3].map(() => openLake(dir, { create: true, threads: 1 })));
  try {
    await ingest(lakes[0] as Lake, [path]);
    await lakes[1]?.refresh();
    expect((await queryFlows(lakes[1] as Lake, {})).length).toBe(20);
  } finally {
    for (const lake of lakes) lake.close();
  }
});

it('a day that is rolled up again says the same', async () => {
  const lake = await temporaryLake();
  await ingest(lake, [await put(...lines(0, 20))]);
  const before = await answersOf(lake);
  await markAllDays(lake);
  expect(await answersOf(lake)).toEqual(before);
});
