/** What a lake says of itself, in `lake.json`. */
import { readFile } from 'node:fs/promises';
import { FlowfitError } from '@flowfit/core/errors';
import { writeDurably } from './commit.ts';
import type { Database } from './database.ts';
import { type LakePaths, lakePaths } from './paths.ts';

/** Version of the layout of files and columns. Older lakes are migrated by the first writer, newer ones refused. */
export const LAKE_SCHEMA = 2;

export interface LakeMeta {
  readonly schema: number;
  readonly createdAt: string;
  /** DuckDB's hash of a fixed text: record hashes of two versions compare only while it is the same. */
  readonly hashProbe: string;
}

/** What is needed to work on the files of a lake. */
export interface LakeFiles {
  readonly paths: LakePaths;
  readonly db: Database;
  readonly now: () => Date;
}

/** The lake's settings; null where there is no lake. */
export const readMeta = async (paths: LakePaths): Promise<LakeMeta | null> => {
  const text = await readFile(paths.meta, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
    throw new FlowfitError('lake-unreadable', `${paths.meta} cannot be read: ${error.message}.`);
  });
  if (text === null) return null;
  const meta = parseMeta(text);
  if (meta === null) {
    throw new FlowfitError(
      'lake-damaged',
      `${paths.meta} is not what a lake has there. Restore it from a backup, or ingest into another folder with --lake.`,
    );
  }
  if (meta.schema > LAKE_SCHEMA) {
    throw new FlowfitError(
      'lake-newer',
      `The lake ${paths.root} has schema ${meta.schema}, written by a newer Flowfit; this one reads up to ${LAKE_SCHEMA}. Update Flowfit.`,
    );
  }
  return meta;
};

/** Whether a folder is a lake, of whatever version. */
export const isLakeFolder = async (folder: string): Promise<boolean> => {
  const text = await readFile(lakePaths(folder).meta, 'utf8').catch(() => null);
  return text !== null && parseMeta(text)?.hashProbe !== undefined;
};

const parseMeta = (text: string): LakeMeta | null => {
  try {
    const meta = JSON.parse(text) as LakeMeta;
    return Number.isInteger(meta.schema) && meta.schema > 0 ? meta : null;
  } catch {
    return null;
  }
};

export const writeMeta = async (paths: LakePaths, meta: LakeMeta): Promise<void> =>
  await writeDurably(paths.meta, `${JSON.stringify(meta, null, 2)}\n`);

/** What this version of DuckDB makes of a fixed text. */
export const probeHash = async (db: Database): Promise<string> =>
  String((await db.one<{ probe: bigint }>(`SELECT hash('flowfit', 2, NULL::VARCHAR) AS probe`)).probe);
