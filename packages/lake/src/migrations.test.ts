/** Lakes that an older version wrote, or whose last writer was stopped before the roll-up. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { inventoryOf } from '@flowfit/core/analysis/example-account';
import { expect, it } from 'vitest';
import { analyse } from './analysis.ts';
import { dirtyDays, dirtyMarker } from './dirty.ts';
import { ingest } from './ingest/ingest.ts';
import type { Lake } from './lake.ts';
import { LAKE_SCHEMA } from './meta.ts';
import { daysIn } from './relations.ts';
import { contentOf, rowsOf } from './testing/content.ts';
import { HEADER, lines, text } from './testing/records.ts';
import { temporaryFolder, temporaryLake } from './testing/temporary.ts';

const filled = async (): Promise<Lake> => {
  const lake = await temporaryLake();
  const path = join(await temporaryFolder(), 'a.log');
  await writeFile(path, text(HEADER, ...lines(0, 20)));
  const account = {
    groups: { 'sg-a': ['inbound tcp 443 from 0.0.0.0/0'] },
    interfaces: { 'eni-1': { groups: ['sg-a'], addresses: ['10.0.0.1'] } },
  };
  await ingest(lake, [path], { snapshots: [inventoryOf(account)] });
  return lake;
};

const flowsOf = async (lake: Lake): Promise<number> => (await analyse(lake)).usage.totals.accepted.flows;

/** As schema 1: with roll-ups that say something else. */
const makeOld = async (lake: Lake): Promise<void> => {
  const meta = JSON.parse(await readFile(lake.paths.meta, 'utf8'));
  await writeFile(lake.paths.meta, JSON.stringify({ ...meta, schema: 1 }));
  await rm(lake.paths.conversations, { recursive: true, force: true });
  await rm(lake.paths.connections, { recursive: true, force: true });
};

it('an older lake is rolled up anew by the next writer', async () => {
  const lake = await filled();
  const before = await contentOf(lake);
  await makeOld(lake);
  expect(await rowsOf(lake, 'conversations')).toEqual([]);
  await ingest(lake, []);
  expect(await contentOf(lake)).toEqual(before);
  expect(JSON.parse(await readFile(lake.paths.meta, 'utf8')).schema).toBe(LAKE_SCHEMA);
});

it('an older lake is rolled up anew before it is analysed', async () => {
  const lake = await filled();
  await makeOld(lake);
  expect(await flowsOf(lake)).toBe(20);
});

const mark = async (lake: Lake): Promise<void> => {
  for (const day of await daysIn(lake.paths, 'flows')) await writeFile(dirtyMarker(lake.paths, day), '');
  await rm(lake.paths.conversations, { recursive: true, force: true });
};

const lockedByAnother = async (lake: Lake): Promise<void> =>
  await writeFile(join(lake.dir, 'lock'), JSON.stringify({ pid: process.ppid, host: hostname(), since: 'then' }));

it('what a stopped ingest stored is rolled up before it is analysed', async () => {
  const lake = await filled();
  await mark(lake);
  expect(await flowsOf(lake)).toBe(20);
  expect(await dirtyDays(lake.paths)).toEqual([]);
});

it('a lake that is being written is analysed as it is, but for an older one', async () => {
  const lake = await filled();
  await mark(lake);
  await lockedByAnother(lake);
  expect(await flowsOf(lake)).toBe(0);
  await makeOld(lake);
  await expect(flowsOf(lake)).rejects.toMatchObject({ code: 'lake-locked' });
});
