import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Batch, namesIn, recover, writeDurably } from './commit.ts';
import { lakePaths } from './paths.ts';
import { temporaryFolder } from './testing/temporary.ts';

const NOW = new Date('2026-06-01T00:00:00Z');

/** All files below a folder with their text. */
const filesBelow = async (root: string): Promise<Record<string, string>> => {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(
    await Promise.all(files.map(async (path) => [path.slice(root.length + 1), await readFile(path, 'utf8')] as const)),
  );
};

describe('Batch', () => {
  it('changes nothing before the commit, and all with it', async () => {
    const root = await temporaryFolder();
    const paths = lakePaths(root);
    await mkdir(paths.flows);
    await writeFile(join(paths.flows, 'old'), 'old');
    const batch = await Batch.begin(paths, NOW);
    await batch.stageText(join(paths.flows, 'day=2026-06-01/new'), 'new');
    batch.remove(join(paths.flows, 'old'));
    expect(existsSync(join(paths.flows, 'day=2026-06-01/new'))).toBe(false);
    expect(existsSync(join(paths.flows, 'old'))).toBe(true);
    await batch.commit();
    expect(await filesBelow(root)).toEqual({ 'flows/day=2026-06-01/new': 'new' });
    expect(await namesIn(paths.scratch)).toEqual([]);
  });

  it('leaves nothing when it is discarded', async () => {
    const root = await temporaryFolder();
    const batch = await Batch.begin(lakePaths(root), NOW);
    await batch.stageText(join(root, 'flows/a'), 'a');
    await batch.discard();
    expect(await filesBelow(root)).toEqual({});
  });

  it('has an id of its own although the clock stands still, and ids sort in the order of their beginning', async () => {
    const paths = lakePaths(await temporaryFolder());
    const ids: string[] = [];
    for (let count = 0; count < 12; count++) {
      const batch = await Batch.begin(paths, NOW);
      ids.push(batch.id);
      await batch.commit();
    }
    expect(new Set(ids).size).toBe(12);
    expect(ids.toSorted()).toEqual(ids);
  });
});

describe('recover', () => {
  it('rolls a commit forward from wherever it was cut off', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 2 }), async (moved, removed) => {
        const root = await temporaryFolder();
        const paths = lakePaths(root);
        await mkdir(paths.flows);
        const old = ['x', 'y'].map((name) => join(paths.flows, name));
        for (const path of old) await writeFile(path, 'old');
        const batch = await Batch.begin(paths, NOW);
        const staged = new Map<string, string>();
        for (const name of ['a', 'b', 'c', 'd']) {
          const target = join(paths.flows, `day=2026-06-0${staged.size + 1}`, name);
          const from = batch.stage(target);
          await writeFile(from, name);
          staged.set(from, target);
        }
        // The commit of a process that is killed after `moved` renames and, all made, `removed` removals.
        const plan = {
          moves: [...staged].map(([from, to]) => ({
            from: from.slice(root.length + 1),
            to: to.slice(root.length + 1),
          })),
          removals: old.map((path) => path.slice(root.length + 1)),
        };
        await writeDurably(join(batch.folder, 'commit.json'), JSON.stringify(plan));
        for (const [from, to] of [...staged].slice(0, moved)) {
          await mkdir(dirname(to), { recursive: true });
          await writeFile(to, await readFile(from));
          await rm(from);
        }
        if (moved === 4) for (const path of old.slice(0, removed)) await rm(path);
        await recover(paths);
        await recover(paths);
        expect(await filesBelow(root)).toEqual({
          'flows/day=2026-06-01/a': 'a',
          'flows/day=2026-06-02/b': 'b',
          'flows/day=2026-06-03/c': 'c',
          'flows/day=2026-06-04/d': 'd',
        });
      }),
      { numRuns: 15 },
    );
  });

  it('moves nothing where a planned file is gone: it would be counted, and missing', async () => {
    const root = await temporaryFolder();
    const paths = lakePaths(root);
    const batch = await Batch.begin(paths, NOW);
    await batch.stageText(join(paths.sources, 'ledger.ndjson'), '{}');
    await batch.stageText(join(paths.flows, 'a'), 'a');
    await rm(join(batch.folder, 'new', 'flows'), { recursive: true });
    await expect(batch.commit()).rejects.toMatchObject({ code: 'commit-incomplete' });
    expect(await filesBelow(root)).toEqual({});
    await expect(recover(paths)).resolves.toBeUndefined();
  });

  it('deletes what was never committed, an unfinished commit.json included', async () => {
    const root = await temporaryFolder();
    const paths = lakePaths(root);
    const batch = await Batch.begin(paths, NOW);
    await batch.stageText(join(paths.flows, 'a'), 'a');
    await writeFile(join(batch.folder, 'commit.json.part'), '{"moves": [');
    await writeFile(join(paths.scratch, 'duckdb_temp_storage-0.tmp'), '');
    await recover(paths);
    expect(await filesBelow(root)).toEqual({});
  });

  it('does nothing where nothing was begun', async () => {
    await expect(recover(lakePaths(await temporaryFolder()))).resolves.toBeUndefined();
  });
});
