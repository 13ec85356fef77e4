/** A lake: a folder of Parquet files and what is needed to work on it. */
import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { FlowfitError, messageOf } from '@flowfit/core/errors';
import { recover } from './commit.ts';
import { Database } from './database.ts';
import { withLock } from './lock.ts';
import { LAKE_SCHEMA, type LakeFiles, probeHash, readMeta, writeMeta } from './meta.ts';
import { migrate } from './migrations.ts';
import { type LakePaths, lakePaths } from './paths.ts';

export interface LakeOptions {
  /** Makes the lake where there is none. */
  readonly create?: boolean;
  readonly threads?: number;
  /** Of DuckDB, in its notation, such as `2GB`. */
  readonly memoryLimit?: string;
  /** See `DatabaseOptions`. */
  readonly spillTo?: string | undefined;
  readonly now?: () => Date;
}

export class Lake implements LakeFiles {
  readonly dir: string;
  readonly paths: LakePaths;
  readonly db: Database;
  readonly now: () => Date;

  constructor(paths: LakePaths, db: Database, now: () => Date) {
    this.dir = paths.root;
    this.paths = paths;
    this.db = db;
    this.now = now;
  }

  /**
   * Runs `work` as the lake's only writer, after finishing what a killed one left.
   *
   * @throws FlowfitError `lake-locked`, `lake-newer`, `lake-damaged`, `disk-full`, `lake-unwritable`
   */
  async write<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await withLock(this.dir, this.now, async () => {
        await recover(this.paths);
        await migrate(this);
        return await work();
      });
    } catch (error) {
      throw toStorageError(this.dir, error);
    }
  }

  close(): void {
    this.db.close();
  }
}

/** Says what to do about a full disk or a folder that may not be written; other errors stay as they are. */
const toStorageError = (dir: string, error: unknown): unknown => {
  if (error instanceof FlowfitError || !(error instanceof Error)) return error;
  if (/no space left|ENOSPC|EDQUOT|quota/i.test(error.message)) {
    return new FlowfitError(
      'disk-full',
      `The disk of ${dir} is full. Nothing of the unfinished batch is in the lake; make room and run the same command again.`,
      { cause: error },
    );
  }
  if (/permission denied|EACCES|EROFS|read-only file system/i.test(error.message)) {
    return new FlowfitError('lake-unwritable', `${dir} cannot be written: ${error.message}. Check its permissions.`, {
      cause: error,
    });
  }
  return error;
};

/** @throws FlowfitError `lake-missing`, `lake-newer`, `lake-damaged`, `lake-unwritable` */
export const openLake = async (dir: string, options: LakeOptions = {}): Promise<Lake> => {
  const paths = lakePaths(resolve(dir));
  const now = options.now ?? (() => new Date());
  const known = await readMeta(paths);
  if (known === null && options.create !== true) {
    throw new FlowfitError(
      'lake-missing',
      `There is no lake at ${paths.root}. Fill one with "flowfit ingest PATH…", or name another with --lake.`,
    );
  }
  const db = await Database.open(options);
  try {
    if (known === null) await createLake(paths, db, now);
  } catch (error) {
    db.close();
    throw error;
  }
  return new Lake(paths, db, now);
};

const createLake = async (paths: LakePaths, db: Database, now: () => Date): Promise<void> => {
  try {
    await mkdir(paths.root, { recursive: true });
    await writeMeta(paths, { schema: LAKE_SCHEMA, createdAt: now().toISOString(), hashProbe: await probeHash(db) });
  } catch (error) {
    throw new FlowfitError(
      'lake-unwritable',
      `The lake ${paths.root} cannot be made: ${messageOf(error)}. Name a folder you may write to with --lake.`,
    );
  }
};
