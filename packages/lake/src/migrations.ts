/**
 * From an older lake to this version's. Run by the first writer, under the lock; killed at any moment, the next one
 * begins again.
 */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describeFile } from './commit.ts';
import { namesIn } from './durable.ts';
import type { Lake } from './lake.ts';
import { LAKE_SCHEMA, type LakeFile, type Manifest, manifestText, publishManifest } from './manifest.ts';
import { probeHash, readMeta, writeMeta } from './meta.ts';
import { type LakePaths, relativeTo } from './paths.ts';
import { rehash } from './rehash.ts';
import { PARTITIONED_FOLDERS } from './relations.ts';
import { rowsOfFiles } from './sql/parquet-rows.ts';

export const migrate = async (lake: Lake): Promise<void> => {
  const meta = await readMeta(lake.paths);
  if (meta !== null && meta.schema < LAKE_SCHEMA) {
    await describe(lake, await listLegacy(lake.paths));
    await lake.refresh();
  }
  const hashProbe = await probeHash(lake.db);
  if (lake.manifest.hashProbe !== hashProbe) await rehash(lake, hashProbe);
};

/** Writes the first manifest of a lake of schema 2 or before. */
const describe = async ({ paths, db }: Lake, legacy: Manifest): Promise<void> => {
  const files: LakeFile[] = [];
  const rows = await rowsOfFiles(
    db,
    legacy.files.map(({ path }) => join(paths.root, path)).filter((path) => path.endsWith('.parquet')),
  );
  for (const file of legacy.files) {
    const path = join(paths.root, file.path);
    files.push({ ...file, ...(await describeFile(path)), rows: rows.get(path) ?? null });
  }
  const manifest = { ...legacy, schema: LAKE_SCHEMA, files };
  await publishManifest(paths, manifestText(manifest));
  await writeMeta(paths, manifest);
  await rm(dirtyFolder(paths), { recursive: true, force: true });
};

/** What lies in the folders of a lake that has no manifest yet, not looked into. */
export const listLegacy = async (paths: LakePaths): Promise<Manifest> => {
  const { schema, createdAt, hashProbe = '' } = JSON.parse(await readFile(paths.meta, 'utf8')) as LegacyMeta;
  const files = await filesInFolders(paths);
  const days = files.filter(({ path }) => path.startsWith('flows/')).map(({ path }) => path.split('/')[1] ?? '');
  // Roll-ups of schema 1 did not tell the time before the first capture from that after it.
  const dirty = schema === 1 ? days : (await namesIn(dirtyFolder(paths))).filter((name) => name.startsWith('day='));
  return {
    schema,
    version: 1,
    createdAt,
    hashProbe,
    files,
    dirty: [...new Set(dirty)].sort(),
    prunedBefore: null,
    superseded: [],
  };
};

interface LegacyMeta {
  readonly schema: number;
  readonly createdAt: string;
  readonly hashProbe?: string;
}

/** Every file that is where a lake has its own, by path. */
export const filesInFolders = async (paths: LakePaths): Promise<LakeFile[]> => {
  const found: string[] = [];
  for (const folder of PARTITIONED_FOLDERS) {
    const days = (await namesIn(paths[folder])).filter((name) => name.startsWith('day='));
    for (const day of days) {
      const names = (await namesIn(join(paths[folder], day))).filter((name) => name.endsWith('.parquet'));
      found.push(...names.map((name) => join(paths[folder], day, name)));
    }
  }
  for (const [folder, ending] of PLAIN_FOLDERS) {
    const names = (await namesIn(paths[folder])).filter((name) => name.endsWith(ending));
    found.push(...names.map((name) => join(paths[folder], name)));
  }
  const ledgers = found
    .map((path) => relativeTo(paths, path))
    .flatMap((path) => /^sources\/(.*)\.ndjson$/.exec(path)?.[1] ?? []);
  return found
    .map((path) => ({ ...NOTHING_KNOWN, path: relativeTo(paths, path), batches: batchesOf(path, ledgers) }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
};

const PLAIN_FOLDERS = [
  ['rejects', '.ndjson'],
  ['inventory', '.json'],
  ['sources', '.ndjson'],
] as const;

const NOTHING_KNOWN = { bytes: 0, sha256: '', modified: '', rows: null };

/** A file is named after the batch that wrote it; where that only wrote it anew, its records may be of any. */
const batchesOf = (path: string, ledgers: readonly string[]): readonly string[] => {
  if (!/\/(flows|coverage)\/day=[^/]*\/[^/]*$/.test(path)) return [];
  const own = /([^/]+)-\d+\.parquet$/.exec(path)?.[1];
  return own !== undefined && ledgers.includes(own) ? [own] : ledgers;
};

/** Of schema 2 and before: an empty file for each day whose roll-up is older than its records. */
const dirtyFolder = ({ root }: LakePaths): string => join(root, 'dirty');
