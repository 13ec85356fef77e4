import { spawnSync } from 'node:child_process';
import { rename, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Batch } from './commit.ts';
import { namesIn } from './durable.ts';
import { type Lake, openLake } from './lake.ts';
import { withLock } from './lock.ts';
import { manifestText, publishManifest } from './manifest.ts';
import { earliestRead } from './readers.ts';
import { temporaryLake } from './testing/temporary.ts';

/** Commits a file in the place of another. */
const replace = async (lake: Lake, name: string, old?: string): Promise<void> => {
  const batch = await Batch.begin(lake);
  await batch.stageText(join(lake.paths.rejects, name), name);
  if (old !== undefined) batch.remove(join(lake.paths.rejects, old));
  await batch.commit();
};

it('a reader that was killed is forgotten at once where it would be seen, and after a while elsewhere', async () => {
  const lake = await temporaryLake();
  const { version } = lake.manifest;
  await lake.pin();
  const [own = ''] = await namesIn(lake.paths.readers);
  expect(await earliestRead(lake.paths)).toBe(version);
  const ended = spawnSync(process.execPath, ['-e', '']).pid;
  await rename(join(lake.paths.readers, own), join(lake.paths.readers, own.replace(`-${process.pid}-`, `-${ended}-`)));
  expect(await earliestRead(lake.paths)).toBeNull();

  const elsewhere = join(lake.paths.readers, `${version}-${ended}-0123abcd-a`);
  await writeFile(elsewhere, '');
  expect(await earliestRead(lake.paths)).toBe(version);
  const then = Date.now() / 1000 - 120;
  await utimes(elsewhere, then, then);
  await lake.write(() => Promise.resolve());
  expect(await namesIn(lake.paths.readers)).toEqual([]);
});

it('the last reader of an earlier state takes its files away with it', async () => {
  const lake = await temporaryLake();
  await replace(lake, 'a.ndjson');
  const reader = await openLake(lake.dir, { threads: 1 });
  try {
    const states = [await reader.pin(), await reader.pin()];
    await replace(lake, 'b.ndjson', 'a.ndjson');
    for (const state of states) {
      expect(await namesIn(lake.paths.rejects)).toEqual(['a.ndjson', 'b.ndjson']);
      await state.release();
    }
    expect(await namesIn(lake.paths.rejects)).toEqual(['b.ndjson']);
  } finally {
    reader.close();
  }
});

it('a reader that goes while somebody writes leaves it to him', { timeout: 60_000 }, async () => {
  const lake = await temporaryLake();
  await replace(lake, 'a.ndjson');
  const reader = await openLake(lake.dir, { threads: 1 });
  try {
    const state = await reader.pin();
    await lake.write(async () => {
      await replace(lake, 'b.ndjson', 'a.ndjson');
      await state.release();
      expect(await namesIn(lake.paths.rejects)).toEqual(['a.ndjson', 'b.ndjson']);
    });
    expect(await namesIn(lake.paths.rejects)).toEqual(['b.ndjson']);
  } finally {
    reader.close();
  }
});

it('what was read before the commit of this very process does not undo it', async () => {
  const lake = await temporaryLake();
  const before = lake.manifest;
  await lake.write(async () => {
    await replace(lake, 'a.ndjson');
    const after = lake.manifest;
    await publishManifest(lake.paths, manifestText(before));
    await lake.refresh();
    expect(lake.manifest).toBe(after);
    await publishManifest(lake.paths, manifestText(after));
  });
});

it('writers wait for whoever tidies up, and for nobody else', async () => {
  const lake = await temporaryLake();
  const now = () => new Date();
  const briefly = withLock(lake.dir, now, () => new Promise((done) => setTimeout(done, 200)), { isBrief: true });
  await expect(lake.write(() => Promise.resolve(1))).resolves.toBe(1);
  await briefly;
  await lake.write(async () => {
    await expect(lake.write(() => Promise.resolve())).rejects.toMatchObject({ code: 'lake-locked' });
  });
});
