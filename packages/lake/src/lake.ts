/** A lake: a folder of Parquet files and what is needed to work on it. */
import { resolve } from 'node:path';
import { FlowfitError, messageOf } from '@flowfit/core/errors';
import { FileChecker } from './check.ts';
import { type Committable, deleteSuperseded, recover } from './commit.ts';
import { Database } from './database.ts';
import { makeFolders } from './folders.ts';
import { withLock } from './lock.ts';
import { LAKE_SCHEMA, type Manifest, manifestText, publishManifest, readManifest, versionOnDisk } from './manifest.ts';
import { probeHash, readMeta, writeMeta } from './meta.ts';
import { listLegacy, migrate } from './migrations.ts';
import { type LakePaths, lakePaths } from './paths.ts';
import { pinNewest } from './readers.ts';
import type { LakeState } from './state.ts';

export interface LakeOptions {
  /** Makes the lake where there is none. */
  readonly create?: boolean;
  readonly threads?: number;
  /** Of DuckDB, in its notation, such as `2GB`. */
  readonly memoryLimit?: string;
  /** See `DatabaseOptions`. */
  readonly spillTo?: string | undefined;
  readonly spillLimit?: number | undefined;
  readonly now?: () => Date;
}

/** A state whose files stay until it is released. */
export interface PinnedLake extends LakeState {
  release(): Promise<void>;
}

export class Lake implements LakeState, Committable {
  readonly dir: string;
  readonly paths: LakePaths;
  readonly db: Database;
  readonly now: () => Date;
  readonly checker: FileChecker;
  /** The newest state that was looked at. Questions that belong together are asked of a pinned one. */
  manifest: Manifest;
  #isWriting = false;

  constructor(paths: LakePaths, db: Database, now: () => Date, manifest: Manifest) {
    this.dir = paths.root;
    this.paths = paths;
    this.db = db;
    this.now = now;
    this.manifest = manifest;
    this.checker = new FileChecker(paths.root);
  }

  /** The newest state, for as long as it is needed. @throws FlowfitError `lake-damaged`, `lake-newer` */
  async pin(): Promise<PinnedLake> {
    const { dir, paths, db, now, checker } = this;
    if (this.manifest.schema < LAKE_SCHEMA) {
      await this.refresh();
      if (this.manifest.schema < LAKE_SCHEMA) return { ...this, release: async () => undefined };
    }
    const { manifest, release } = await pinNewest(paths, this.manifest);
    this.#look(manifest);
    const releaseAndTidy = async (): Promise<void> => {
      await release();
      // Perhaps nobody else has an earlier state any more, and the writer who would look after it is gone.
      if (versionOnDisk(paths) !== manifest.version) await this.#tidy();
    };
    return { dir, paths, db, now, checker, manifest, release: releaseAndTidy };
  }

  /** Looks at the newest state. */
  async refresh(): Promise<void> {
    this.#look(await stateOnDisk(this.paths));
  }

  /** While this process writes, the newest state is the writer's: what was read before its commit must not undo that. */
  #look(manifest: Manifest): void {
    if (!this.#isWriting) this.manifest = manifest;
  }

  /**
   * Runs `work` as the lake's only writer, after finishing what a killed one left.
   *
   * @throws FlowfitError `lake-locked`, `lake-newer`, `lake-damaged`, `disk-full`, `lake-unwritable`
   */
  async write<T>(work: () => Promise<T>, { migrates = true }: { readonly migrates?: boolean } = {}): Promise<T> {
    let isTidy = true;
    try {
      return await withLock(this.dir, this.now, async () => {
        await recover(this.paths);
        await this.refresh();
        if (migrates || this.manifest.schema < LAKE_SCHEMA) await migrate(this);
        this.#isWriting = true;
        try {
          return await work();
        } finally {
          this.#isWriting = false;
          isTidy = await this.#deleteSuperseded();
        }
      });
    } catch (error) {
      throw toStorageError(this.dir, error);
    } finally {
      // A reader that went after the last look was kept out by the lock.
      if (!isTidy) await this.#tidy();
    }
  }

  /** @returns whether all is gone; what readers still need is deleted when the last of them goes */
  async #deleteSuperseded(): Promise<boolean> {
    for (let tries = 0; tries < 20; tries++) {
      if ((await deleteSuperseded(this.paths, this.manifest)) === 0) return true;
      await new Promise((done) => setTimeout(done, 100));
    }
    return false;
  }

  /** Deletes what nobody reads any more, unless somebody writes: he will. */
  async #tidy(): Promise<void> {
    const { paths } = this;
    const work = async (): Promise<void> => {
      await recover(paths);
      await deleteSuperseded(paths, await readManifest(paths));
    };
    // What is wrong with the lake is told to those who ask it something.
    await withLock(this.dir, this.now, work, { isBrief: true }).catch(() => undefined);
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
    return new Lake(paths, db, now, await stateOnDisk(paths));
  } catch (error) {
    db.close();
    throw error;
  }
};

/** Of an older lake what lies in its folders: nothing else says what is in it. */
const stateOnDisk = async (paths: LakePaths): Promise<Manifest> => {
  const meta = await readMeta(paths);
  return meta !== null && meta.schema < LAKE_SCHEMA ? await listLegacy(paths) : await readManifest(paths);
};

const createLake = async (paths: LakePaths, db: Database, now: () => Date): Promise<void> => {
  try {
    await makeFolders(paths.root);
    // Under the lock: of two that make it at once, the slower one must not undo what the other has written since.
    for (let tries = 0; (await readMeta(paths)) === null; tries++) {
      try {
        await withLock(paths.root, now, () => writeEmptyLake(paths, db, now().toISOString()));
      } catch (error) {
        const isBeingMade = error instanceof FlowfitError && error.code === 'lake-locked' && tries < 50;
        if (!isBeingMade) throw error;
        await new Promise((done) => setTimeout(done, 100));
      }
    }
  } catch (error) {
    if (error instanceof FlowfitError) throw error;
    throw new FlowfitError(
      'lake-unwritable',
      `The lake ${paths.root} cannot be made: ${messageOf(error)}. Name a folder you may write to with --lake.`,
    );
  }
};

const writeEmptyLake = async (paths: LakePaths, db: Database, createdAt: string): Promise<void> => {
  if ((await readMeta(paths)) !== null) return;
  const manifest: Manifest = {
    schema: LAKE_SCHEMA,
    version: 1,
    createdAt,
    hashProbe: await probeHash(db),
    files: [],
    dirty: [],
    prunedBefore: null,
    superseded: [],
  };
  await publishManifest(paths, manifestText(manifest));
  await writeMeta(paths, manifest);
};
