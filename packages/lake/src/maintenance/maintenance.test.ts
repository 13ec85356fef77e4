/** Upkeep of a lake: what it says stays the same, but for what was taken out, and that is said. */
import { cp, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { InventorySnapshot } from '@flowfit/core/inventory/model';
import { beforeAll, expect, it, onTestFinished } from 'vitest';
import { ingest } from '../ingest/ingest.ts';
import { type Lake, openLake } from '../lake.ts';
import { checkLedger, readLedger } from '../ledger.ts';
import { queryFlows } from '../queries/flows.ts';
import { querySummary } from '../queries/summary.ts';
import { daysIn, entriesOf } from '../relations.ts';
import { smallAccount, writeObjects } from '../testing/accounts.ts';
import { contentOf } from '../testing/content.ts';
import { temporaryFolder } from '../testing/temporary.ts';
import { compactLake } from './compact.ts';
import { exportLake } from './export.ts';
import { pruneLake } from './prune.ts';
import { repairLake } from './repair.ts';
import { countReaders, lakeStatus } from './status.ts';

const FILES = 4;

interface Filled {
  readonly lake: Lake;
  readonly inputs: readonly string[];
  again(): Promise<void>;
}

/** The whole lake that every test has a copy of, and how to make it again. */
let whole: {
  readonly dir: string;
  readonly inputs: readonly string[];
  readonly snapshots: readonly InventorySnapshot[];
};

/** A lake of two days, its objects ingested one by one. */
beforeAll(async () => {
  const account = smallAccount(3, 'v5', { records: 300 });
  const folder = await mkdtemp(join(tmpdir(), 'flowfit-whole-'));
  const snapshots = account.snapshots.slice(0, 2);
  const inputs = await writeObjects(folder, account, FILES);
  const dir = join(folder, 'lake');
  const lake = await openLake(dir, { create: true, threads: 1 });
  for (const input of inputs) await ingest(lake, [input], { snapshots });
  lake.close();
  whole = { dir, inputs, snapshots };
  return async () => await rm(folder, { recursive: true });
});

const filled = async (): Promise<Filled> => {
  const { inputs, snapshots } = whole;
  const dir = join(await temporaryFolder(), 'lake');
  await cp(whole.dir, dir, { recursive: true, preserveTimestamps: true });
  const lake = await openLake(dir, { threads: 1 });
  onTestFinished(() => lake.close());
  return { lake, inputs, again: async () => void (await ingest(lake, inputs, { snapshots })) };
};

const firstOf = (lake: Lake, folder: string): string =>
  join(lake.dir, lake.manifest.files.find(({ path }) => path.startsWith(folder))?.path ?? 'none');

const repaired = async (lake: Lake) => {
  const report = await repairLake(lake.dir, { threads: 1 });
  await lake.refresh();
  checkLedger(lake);
  return report;
};

it('repair finds nothing in a whole lake, and changes nothing', async () => {
  const { lake } = await filled();
  const { version } = lake.manifest;
  expect(await repaired(lake)).toMatchObject({ damaged: [], setAside: null, forgotten: [], rolledUp: 0 });
  expect(lake.manifest.version).toBe(version);
});

it('damage of one day leaves the others readable, and comes back after repair and ingest', async () => {
  const { lake, inputs, again } = await filled();
  const before = await contentOf(lake);
  const path = firstOf(lake, 'flows/day=2026-06-02');
  await truncate(path, 100);
  await expect(queryFlows(lake, {})).rejects.toMatchObject({
    code: 'lake-file-damaged',
    message: `${path} (of 2026-06-02) is not what was written there. Run "flowfit lake repair": it takes out what is damaged, and says what to ingest again. Other days can be read meanwhile, with --from and --to.`,
  });
  const [from, to] = [Date.parse('2026-06-01T00:00:00Z') / 1000, Date.parse('2026-06-02T00:00:00Z') / 1000];
  expect((await queryFlows(lake, { from, to })).length).toBeGreaterThan(0);
  const report = await repaired(lake);
  expect(report.damaged).toEqual([{ path: path.slice(lake.dir.length + 1), day: '2026-06-02', damage: 'changed' }]);
  expect(report.forgotten).toEqual([inputs[0]]);
  expect(report.lost.stored).toBeGreaterThan(0);
  expect(await readdir(join(report.setAside ?? '', 'flows/day=2026-06-02'))).toHaveLength(1);
  expect((await querySummary(lake, {})).flows).toBe((await queryFlows(lake, {})).length);
  await again();
  expect(await contentOf(lake)).toEqual(before);
  checkLedger(lake);
});

it.each(['flows', 'coverage', 'conversations', 'connections'])(
  'a missing %s/ is told, and made again',
  async (folder) => {
    const { lake, again } = await filled();
    const before = await contentOf(lake);
    await rm(join(lake.dir, folder), { recursive: true });
    await expect(contentOf(lake)).rejects.toMatchObject({ code: 'lake-file-missing' });
    await repaired(lake);
    await again();
    expect(await contentOf(lake)).toEqual(before);
  },
);

it('half a line of the ledger names its file, and does not stop repair', async () => {
  const { lake, again } = await filled();
  const before = await contentOf(lake);
  const path = firstOf(lake, 'sources/');
  await truncate(path, 30);
  await expect(again()).rejects.toMatchObject({ code: 'lake-file-damaged', message: expect.stringContaining(path) });
  await repaired(lake);
  await again();
  expect(await contentOf(lake)).toEqual(before);
  checkLedger(lake);
});

it('a damaged capture is taken out of what it said of records', async () => {
  const { lake, again } = await filled();
  const before = await contentOf(lake);
  for (const { path } of lake.manifest.files) {
    if (path.startsWith('inventory/')) await writeFile(join(lake.dir, path), '{}');
  }
  const { captures } = await repaired(lake);
  expect(captures).toHaveLength(2);
  expect((await querySummary(lake, {})).groups).toBe(0);
  expect((await contentOf(lake)).flows).not.toEqual(before.flows);
  await again();
  expect(await contentOf(lake)).toEqual(before);
});

it.each(['lake.json', 'manifest.json', 'manifest.copy.json', 'dismissals.json', 'lock.db'])(
  '%s is mended',
  async (name) => {
    const { lake } = await filled();
    const before = await contentOf(lake);
    await writeFile(join(lake.dir, name), 'not this');
    await repaired(lake);
    const reader = await openLake(lake.dir, { threads: 1 });
    expect(await contentOf(reader)).toEqual(before);
    await reader.write(() => Promise.resolve());
    reader.close();
  },
);

it('a lake without manifests is what lies in its folders', async () => {
  const { lake, again } = await filled();
  const before = await contentOf(lake);
  await rm(lake.paths.manifest);
  await writeFile(lake.paths.manifestCopy, 'not this');
  await rm(firstOf(lake, 'flows/'));
  await truncate(firstOf(lake, 'coverage/'), 50);
  await expect(openLake(lake.dir)).rejects.toMatchObject({ code: 'lake-damaged' });
  const { forgotten } = await repaired(lake);
  expect(forgotten).toHaveLength(FILES);
  await again();
  expect(await contentOf(lake)).toEqual(before);
});

it('a file that no manifest names is set aside', async () => {
  const { lake } = await filled();
  const path = firstOf(lake, 'flows/');
  await writeFile(path.replace('.parquet', '-copy.parquet'), await readFile(path));
  expect((await repaired(lake)).damaged).toMatchObject([{ damage: 'unknown' }]);
  expect(entriesOf(lake, 'flows').some(({ path }) => path.includes('-copy'))).toBe(false);
});

it('prune takes whole days out, and leaves the others as they were', async () => {
  const { lake, again } = await filled();
  const [first, second] = daysIn(lake, 'flows') as [number, number];
  const before = await contentOf(lake);
  const dry = await pruneLake(lake, second, { isDryRun: true });
  expect(await contentOf(lake)).toEqual(before);
  const report = await pruneLake(lake, second, { isDryRun: false });
  expect(report).toEqual({ ...dry, isDryRun: false });
  expect(report).toMatchObject({ before: '2026-06-02', days: 1 });
  expect(report.records.stored).toBeGreaterThan(0);
  expect(daysIn(lake, 'flows')).toEqual([second]);
  const after = await contentOf(lake);
  const ofSecond = (rows: readonly string[]) => rows.filter((row) => JSON.parse(row).hour >= second * 86_400);
  expect(after.conversations).toEqual(ofSecond(before.conversations));
  checkLedger(lake);
  // The ledger still knows the objects: what was pruned does not come back.
  await again();
  expect(await contentOf(lake)).toEqual(after);
  await expect(pruneLake(lake, first, { isDryRun: false })).rejects.toMatchObject({ code: 'prune-nothing' });
});

it('compact makes fewer files that say the same, and repair still knows whose records they hold', async () => {
  const { lake, inputs, again } = await filled();
  const before = await contentOf(lake);
  const ledger = readLedger(lake);
  const report = await compactLake(lake);
  expect(report.files.after).toBeLessThan(report.files.before);
  expect(
    daysIn(lake, 'flows').map(
      (day) => entriesOf(lake, 'flows').filter(({ path }) => path.includes(dayText(day))).length,
    ),
  ).toEqual([1, 1]);
  expect(await contentOf(lake)).toEqual(before);
  expect(readLedger(lake)).toEqual(ledger);
  checkLedger(lake);
  await rm(firstOf(lake, 'flows/'));
  expect((await repaired(lake)).forgotten.toSorted()).toEqual(inputs.toSorted());
  await again();
  expect(await contentOf(lake)).toEqual(before);
});

const dayText = (day: number | null): string => new Date((day ?? 0) * 86_400_000).toISOString().slice(0, 10);

it('export is a lake of its own, and is begun again where it was stopped', async () => {
  const { lake, again } = await filled();
  const to = join(await temporaryFolder(), 'copy');
  const stop = new AbortController();
  stop.abort();
  await expect(exportLake(lake, to, stop.signal)).rejects.toThrow(/abort/i);
  await expect(openLake(to)).rejects.toMatchObject({ code: 'lake-missing' });
  await exportLake(lake, to);
  await expect(exportLake(lake, to)).rejects.toMatchObject({ code: 'export-not-empty' });
  const copy = await openLake(to, { threads: 1 });
  expect(await contentOf(copy)).toEqual(await contentOf(lake));
  expect(await statusOf(copy)).toMatchObject({ health: { isWhole: true, isThorough: true } });
  copy.close();
  await again();
});

const statusOf = async (lake: Lake) => await lakeStatus(lake, { isThorough: true, readers: await countReaders(lake) });

it('status tells size, days, reach of the inventory and damage', async () => {
  const { lake } = await filled();
  expect(await statusOf(lake)).toMatchObject({
    objects: FILES,
    days: { first: '2026-06-01', last: '2026-06-02', count: 2, missing: [], notRolledUp: [], prunedBefore: null },
    inventory: { captures: 2 },
    health: { isWhole: true, damaged: [], ledgerSays: null, unknown: [], waiting: 0, readers: 0 },
  });
  const path = firstOf(lake, 'coverage/');
  const bytes = await readFile(path);
  bytes[10] = (bytes[10] ?? 0) ^ 1;
  await writeFile(path, bytes);
  expect((await statusOf(lake)).health).toMatchObject({
    isWhole: false,
    damaged: [{ path: path.slice(lake.dir.length + 1), damage: 'changed' }],
  });
});
