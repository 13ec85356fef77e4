/** A writer may be killed at any moment: the next one loses nothing that was reported, and stores nothing twice. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serializeSnapshot } from '@flowfit/core/inventory/snapshot';
import { build } from 'esbuild';
import { expect, it } from 'vitest';
import { ingest } from './ingest/ingest.ts';
import { openLake } from './lake.ts';
import { readLedger, totalOf } from './ledger.ts';
import { smallAccount, writeObjects } from './testing/accounts.ts';
import { type Content, contentOf } from './testing/content.ts';
import type { ChildJob } from './testing/ingest-child.ts';
import { randomNumbers } from './testing/random.ts';
import { temporaryFolder, withLake } from './testing/temporary.ts';

/** More, and while others read, in `npm run endurance`; here also while the lake is being made. */
const KILLS = 15;
const FILES = 6;

/** One file that Node starts fast, beside the packages that it leaves out. */
const bundleChild = async (folder: string): Promise<string> => {
  const here = dirname(fileURLToPath(import.meta.url));
  const outfile = join(folder, 'child.mjs');
  await build({
    entryPoints: [join(here, 'testing/ingest-child.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    external: ['@duckdb/*', 'tinyglobby'],
    logLevel: 'error',
  });
  await symlink(join(here, '../../../node_modules'), join(folder, 'node_modules'));
  return outfile;
};

interface Run {
  /** Whether it came to its end before it was killed. */
  readonly done: boolean;
  /** Records that it said were stored. */
  readonly reported: number;
}

/** Starts a child and kills it `delay` milliseconds after it began to work. */
const runAndKill = async (child: ChildProcess, delay: number): Promise<Run> => {
  let said = '';
  let errors = '';
  let timer: NodeJS.Timeout | undefined;
  child.stderr?.on('data', (chunk) => {
    errors += String(chunk);
  });
  child.stdout?.on('data', (chunk) => {
    said += String(chunk);
    timer ??= setTimeout(() => child.kill('SIGKILL'), delay);
  });
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  clearTimeout(timer);
  expect(signal ?? `exit ${code} ${errors}`).toMatch(/^(SIGKILL|exit 0 )/);
  const records = [...said.matchAll(/^read (\d+)\n/gm)].map(([, count]) => Number(count));
  return { done: signal === null, reported: Math.max(0, ...records) };
};

const storedIn = async (dir: string): Promise<number> => {
  const lake = await openLake(dir, { create: true, threads: 1 });
  try {
    // As the next writer finds it.
    await lake.write(() => Promise.resolve());
    return readLedger(lake).entries.reduce((sum, { counts }) => sum + totalOf(counts), 0);
  } finally {
    lake.close();
  }
};

const contentIn = async (dir: string): Promise<Content> => {
  const lake = await openLake(dir, { threads: 1 });
  try {
    return await contentOf(lake);
  } finally {
    lake.close();
  }
};

it(`survives ${KILLS} kills`, { timeout: 400_000 }, async () => {
  const folder = await temporaryFolder();
  const account = smallAccount(3, 'v5', { records: 400 });
  const inputs = await writeObjects(folder, account, FILES);
  const expected = await withLake({}, async (lake) => {
    await ingest(lake, inputs, { snapshots: account.snapshots });
    return await contentOf(lake);
  });
  const program = await bundleChild(folder);
  const random = randomNumbers(4);
  let kills = 0;
  let longest = 400;
  for (let serial = 0; kills < KILLS; serial++) {
    const dir = join(folder, `lake-${serial}`);
    const job = join(folder, `job-${serial}.json`);
    const snapshots = account.snapshots.map(serializeSnapshot);
    await writeFile(job, JSON.stringify({ lake: dir, inputs, snapshots, batchBytes: 1 } satisfies ChildJob));
    for (let finished = false; !finished; ) {
      const before = await storedIn(dir);
      const begun = performance.now();
      const child = spawn(process.execPath, [program, job], { stdio: ['ignore', 'pipe', 'pipe'] });
      const delay = kills < KILLS ? random() * longest : 120_000;
      const { done, reported } = await runAndKill(child, delay);
      if (done) longest = Math.max(100, Math.min(longest, performance.now() - begun));
      else kills++;
      expect(await storedIn(dir), 'records in the ledger').toBeGreaterThanOrEqual(before + reported);
      finished = done;
    }
    expect(await contentIn(dir)).toEqual(expected);
  }
});
