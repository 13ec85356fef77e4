import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Batch, type Committable, recover } from './commit.ts';
import { namesIn, writeDurably } from './durable.ts';
import { LAKE_SCHEMA, type Manifest, manifestText, readManifest } from './manifest.ts';
import { lakePaths } from './paths.ts';
import { pinNewest } from './readers.ts';
import { temporaryFolder } from './testing/temporary.ts';

const NOW = new Date('2026-06-01T00:00:00Z');

const EMPTY: Manifest = {
  schema: LAKE_SCHEMA,
  version: 1,
  createdAt: NOW.toISOString(),
  hashProbe: '',
  files: [],
  dirty: [],
  prunedBefore: null,
  superseded: [],
};

const lakeAt = (root: string): Committable => ({ paths: lakePaths(root), now: () => NOW, manifest: EMPTY });

/** All files below a folder with their text, but for the manifest. */
const filesBelow = async (root: string): Promise<Record<string, string>> => {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith('manifest.'))
    .map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(
    await Promise.all(files.map(async (path) => [path.slice(root.length + 1), await readFile(path, 'utf8')] as const)),
  );
};

describe('Batch', () => {
  it('changes nothing before the commit, and all with it', async () => {
    const root = await temporaryFolder();
    const lake = lakeAt(root);
    const { paths } = lake;
    await mkdir(paths.flows);
    await writeFile(join(paths.flows, 'old'), 'old');
    const batch = await Batch.begin(lake);
    await batch.stageText(join(paths.flows, 'day=2026-06-01/new'), 'new');
    batch.remove(join(paths.flows, 'old'));
    expect(existsSync(join(paths.flows, 'day=2026-06-01/new'))).toBe(false);
    expect(existsSync(join(paths.flows, 'old'))).toBe(true);
    await batch.commit();
    expect(await filesBelow(root)).toEqual({ 'flows/day=2026-06-01/new': 'new' });
    expect(await namesIn(paths.scratch)).toEqual([]);
    expect(lake.manifest).toEqual(await readManifest(paths));
    expect(lake.manifest).toMatchObject({
      version: 2,
      files: [{ path: 'flows/day=2026-06-01/new', bytes: 3, rows: null, batches: [] }],
    });
  });

  it('leaves nothing when it is discarded', async () => {
    const root = await temporaryFolder();
    const batch = await Batch.begin(lakeAt(root));
    await batch.stageText(join(root, 'flows/a'), 'a');
    await batch.discard();
    expect(await filesBelow(root)).toEqual({});
  });

  it('has an id of its own although the clock stands still, and ids sort in the order of their beginning', async () => {
    const lake = lakeAt(await temporaryFolder());
    const ids: string[] = [];
    for (let count = 0; count < 12; count++) {
      const batch = await Batch.begin(lake);
      ids.push(batch.id);
      await batch.commit();
    }
    expect(new Set(ids).size).toBe(12);
    expect(ids.toSorted()).toEqual(ids);
  });
});

describe('files of an older state', () => {
  it('stay as long as somebody reads it', async () => {
    const root = await temporaryFolder();
    const lake = lakeAt(root);
    const write = async (name: string, old?: string) => {
      const batch = await Batch.begin(lake);
      await batch.stageText(join(lake.paths.flows, name), name);
      if (old !== undefined) batch.remove(join(lake.paths.flows, old));
      await batch.commit();
    };
    await write('a');
    const reader = await pinNewest(lake.paths, lake.manifest);
    await write('b', 'a');
    expect(await namesIn(lake.paths.flows)).toEqual(['a', 'b']);
    const later = await pinNewest(lake.paths, reader.manifest);
    expect(later.manifest.files.map(({ path }) => path)).toEqual(['flows/b']);
    await reader.release();
    await write('c', 'b');
    expect(await namesIn(lake.paths.flows)).toEqual(['b', 'c']);
    await later.release();
    await write('d');
    expect(await namesIn(lake.paths.flows)).toEqual(['c', 'd']);
    expect(await namesIn(lake.paths.readers)).toEqual([]);
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
        const batch = await Batch.begin(lakeAt(root));
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
          manifest: manifestText({
            ...EMPTY,
            version: 2,
            superseded: old.map((path) => ({ path: path.slice(root.length + 1), version: 2 })),
          }),
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
    const batch = await Batch.begin(lakeAt(root));
    await batch.stageText(join(paths.sources, 'ledger.ndjson'), '{}');
    await batch.stageText(join(paths.flows, 'a'), 'a');
    await rm(join(batch.folder, 'new', 'flows'), { recursive: true });
    await expect(batch.commit()).rejects.toMatchObject({ code: 'commit-incomplete' });
    await batch.discard();
    expect(await filesBelow(root)).toEqual({});
    await expect(recover(paths)).resolves.toBeUndefined();
  });

  it('deletes what was never committed, an unfinished commit.json included', async () => {
    const root = await temporaryFolder();
    const paths = lakePaths(root);
    const batch = await Batch.begin(lakeAt(root));
    await batch.stageText(join(paths.flows, 'a'), 'a');
    await writeFile(join(batch.folder, 'commit.json.part'), '{"moves": [');
    await writeFile(join(paths.scratch, 'duckdb_temp_storage-0.tmp'), '');
    await writeFile(join(paths.scratch, 'probe.0'), '');
    for (const name of ['manifest.copy.json.7-0.part', 'probe.1']) await writeFile(join(root, name), '{');
    await recover(paths);
    expect(await filesBelow(root)).toEqual({});
  });

  it('does nothing where nothing was begun', async () => {
    await expect(recover(lakePaths(await temporaryFolder()))).resolves.toBeUndefined();
  });
});
