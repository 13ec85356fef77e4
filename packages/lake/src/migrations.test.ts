/** Lakes that an older version wrote, or whose last writer was stopped before the roll-up. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { inventoryOf } from '@flowfit/core/analysis/example-account';
import { expect, it } from 'vitest';
import { analyse } from './analysis.ts';
import { ingest } from './ingest/ingest.ts';
import type { Lake } from './lake.ts';
import { LAKE_SCHEMA } from './manifest.ts';
import { finishRollUp } from './rollup/finish.ts';
import { contentOf, rowsOf } from './testing/content.ts';
import { markAllDays } from './testing/dirty.ts';
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

const flowsOf = async (lake: Lake): Promise<number> => {
  await finishRollUp(lake);
  return (await analyse(lake)).usage.totals.accepted.flows;
};

/** As schema 1: with roll-ups that say something else. */
const makeOld = async (lake: Lake): Promise<void> => {
  const { createdAt, hashProbe } = lake.manifest;
  await writeFile(lake.paths.meta, JSON.stringify({ schema: 1, createdAt, hashProbe }));
  await rm(lake.paths.manifest);
  await rm(lake.paths.manifestCopy);
  await rm(lake.paths.conversations, { recursive: true, force: true });
  await rm(lake.paths.connections, { recursive: true, force: true });
};

it('an older lake is rolled up anew by the next writer', async () => {
  const lake = await filled();
  const before = await contentOf(lake);
  await makeOld(lake);
  await lake.refresh();
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

const lockedByAnother = async (lake: Lake): Promise<void> =>
  await writeFile(join(lake.dir, 'lock'), JSON.stringify({ pid: process.ppid, host: hostname(), since: 'then' }));

it('what a stopped ingest stored is rolled up before it is analysed', async () => {
  const lake = await filled();
  await markAllDays(lake);
  expect(await flowsOf(lake)).toBe(20);
  expect(lake.manifest.dirty).toEqual([]);
});

it('a lake that is being written is analysed as it is, but for an older one', async () => {
  const lake = await filled();
  await markAllDays(lake);
  await lockedByAnother(lake);
  expect(await flowsOf(lake)).toBe(20);
  const { verdicts } = await analyse(lake);
  expect(verdicts.rules.filter(({ verdict }) => verdict === 'unused')).toEqual([]);
  await makeOld(lake);
  await expect(flowsOf(lake)).rejects.toMatchObject({ code: 'lake-locked' });
});
