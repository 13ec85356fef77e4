/** What a lake says of itself in `lake.json`: that it is one, and of which schema. */
import { readFile } from 'node:fs/promises';
import { FlowfitError } from '@flowfit/core/errors';
import type { Database } from './database.ts';
import { writeDurably } from './durable.ts';
import { LAKE_SCHEMA, lakeNewer, type Manifest, parseManifest } from './manifest.ts';
import { type LakePaths, lakePaths } from './paths.ts';

export interface LakeMeta {
  readonly schema: number;
  readonly createdAt: string;
}

/** The lake's settings; null where there is no lake. @throws FlowfitError `lake-unreadable`, `lake-damaged`, `lake-newer` */
export const readMeta = async (paths: LakePaths): Promise<LakeMeta | null> => {
  const text = await readFile(paths.meta, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
    throw new FlowfitError('lake-unreadable', `${paths.meta} cannot be read: ${error.message}.`);
  });
  if (text === null) {
    const known = await manifestOf(paths);
    // A lake whose maker was stopped before its last step.
    if (known === null || known.version === 1) return null;
    throw metaDamaged(paths, 'is missing');
  }
  const meta = parseMeta(text);
  if (meta === null) throw metaDamaged(paths, 'is not what a lake has there');
  if (meta.schema > LAKE_SCHEMA) {
    const known = await manifestOf(paths);
    if (known?.schema === LAKE_SCHEMA) throw metaDamaged(paths, 'is not what a lake has there');
    throw lakeNewer(paths, meta.schema);
  }
  return meta;
};

/** Whether a folder is a lake, of whatever version. */
export const isLakeFolder = async (folder: string): Promise<boolean> => {
  const paths = lakePaths(folder);
  const text = await readFile(paths.meta, 'utf8').catch(() => null);
  if (text !== null && parseMeta(text) !== null) return true;
  return (await manifestOf(paths)) !== null;
};

/** The lake's manifest, whichever copy is whole. */
export const manifestOf = async (paths: LakePaths): Promise<Manifest | null> => {
  for (const path of [paths.manifest, paths.manifestCopy]) {
    const text = await readFile(path, 'utf8').catch(() => null);
    const manifest = text === null ? null : parseManifest(text);
    if (manifest !== null) return manifest;
  }
  return null;
};

const parseMeta = (text: string): LakeMeta | null => {
  try {
    const meta = JSON.parse(text) as LakeMeta;
    const isMeta = Number.isInteger(meta.schema) && meta.schema > 0 && !Number.isNaN(Date.parse(meta.createdAt));
    return isMeta ? meta : null;
  } catch {
    return null;
  }
};

export const writeMeta = async (paths: LakePaths, { schema, createdAt }: LakeMeta): Promise<void> =>
  await writeDurably(paths.meta, `${JSON.stringify({ schema, createdAt }, null, 2)}\n`);

const metaDamaged = (paths: LakePaths, how: string): FlowfitError =>
  new FlowfitError('lake-damaged', `${paths.meta} ${how}. Run "flowfit lake repair", which makes it again.`);

/** The hash of records of core/flow/row-hash.ts; 1 was DuckDB's. */
const RECORD_HASHES = 2;

/**
 * Tells hash functions apart: what this version of DuckDB makes of a fixed text, and how records are hashed (in lakes
 * that do not say it, by DuckDB).
 */
export const probeHash = async (db: Database): Promise<string> => {
  const { probe } = await db.one<{ probe: bigint }>(`SELECT hash('flowfit', 2, NULL::VARCHAR) AS probe`);
  return `${probe} ${RECORD_HASHES}`;
};
