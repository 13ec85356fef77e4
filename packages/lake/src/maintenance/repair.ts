/**
 * Repair: what is damaged is taken out, and what was in it is made ready to come back.
 *
 *  1. `lake.json` and the manifest are mended: from the manifest's copy, else from what lies in the folders.
 *  2. The bytes of every file are checked. Damaged ones, and files that the manifest does not name, go to `set-aside/`.
 *  3. The ledger forgets the objects whose records were in a damaged file, so that the next ingest of them brings back
 *     what is missing. What the lake still has of them is then recognised as repeated.
 *  4. Where a capture of the inventory was damaged, all records are enriched by the others.
 *  5. What is derived from any of it is rolled up.
 */
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { FlowfitError } from '@flowfit/core/errors';
import { createTimeline } from '@flowfit/core/inventory/timeline';
import { type Damage, dayInPath } from '../check.ts';
import { Batch, describeFile, recover } from '../commit.ts';
import { Database } from '../database.ts';
import { namesIn } from '../durable.ts';
import { loadDismissals } from '../findings.ts';
import { refreshAll } from '../ingest/refresh.ts';
import { loadSnapshots } from '../inventory/timeline.ts';
import { type Lake, type LakeOptions, openLake } from '../lake.ts';
import {
  batchOfLedger,
  type Ledger,
  type LedgerCorrection,
  type LedgerEntry,
  ledgerSums,
  ledgerText,
  readLedger,
  recordsIn,
} from '../ledger.ts';
import { isLockSilent, withLock } from '../lock.ts';
import {
  LAKE_SCHEMA,
  type LakeFile,
  lakeNewer,
  type Manifest,
  manifestText,
  parseManifest,
  publishManifest,
} from '../manifest.ts';
import { manifestOf, readMeta, writeMeta } from '../meta.ts';
import { filesInFolders, migrate } from '../migrations.ts';
import { dayOfFolder, type LakePaths, lakePaths } from '../paths.ts';
import { daysIn } from '../relations.ts';
import { rollUp } from '../rollup/roll-up.ts';
import { rowsOfFiles } from '../sql/parquet-rows.ts';
import type { LakeState } from '../state.ts';

export interface RepairedFile {
  /** Relative to the lake. */
  readonly path: string;
  /** `YYYY-MM-DD`; null for a file of no day. */
  readonly day: string | null;
  /** `unknown`: whole, and named by no manifest. */
  readonly damage: Exclude<Damage, null> | 'unknown';
}

/** The document of `lake repair --json`. */
export interface RepairReport {
  readonly schema: 'flowfit.lake-repair/1';
  readonly checked: number;
  readonly damaged: readonly RepairedFile[];
  /** Where damaged files are now, absolute; null where none was there to be moved. */
  readonly setAside: string | null;
  /** Objects to ingest again, as they were named. */
  readonly forgotten: readonly string[];
  /** Captures of the inventory to add again. */
  readonly captures: readonly string[];
  /** Records that are in the lake no more. */
  readonly lost: { readonly stored: number; readonly coverage: number };
  /** Days that were rolled up. */
  readonly rolledUp: number;
}

/** @throws FlowfitError `lake-missing`, `lake-newer`, `lake-damaged`, `lake-locked` and those of a full disk */
export const repairLake = async (dir: string, options: LakeOptions = {}): Promise<RepairReport> => {
  const paths = lakePaths(resolve(dir));
  const now = options.now ?? (() => new Date());
  if (!isLakeAtAll(paths)) throw lakeMissing(paths);
  const mended = await withRepairLock(paths, now, () => mendFrame(paths, options));
  const lake = await openLake(dir, options);
  try {
    return await lake.write(() => new Repair(lake, mended).run(), { migrates: false });
  } finally {
    lake.close();
  }
};

const isLakeAtAll = (paths: LakePaths): boolean =>
  [paths.meta, paths.manifest, paths.manifestCopy].some((path) => existsSync(path));

const lakeMissing = ({ root }: LakePaths): FlowfitError =>
  new FlowfitError('lake-missing', `There is no lake at ${root}. Name another with --lake.`);

/** A damaged lock is made again, if nobody can be holding it. */
const withRepairLock = async <T>(paths: LakePaths, now: () => Date, work: () => Promise<T>): Promise<T> => {
  try {
    return await withLock(paths.root, now, work);
  } catch (error) {
    const isDamaged = error instanceof FlowfitError && error.code === 'lake-unlockable';
    if (!isDamaged || !(await isLockSilent(paths.root))) throw error;
    await rm(join(paths.root, 'lock.db'), { force: true });
    return await withLock(paths.root, now, work);
  }
};

/** Mends what says which files are in the lake. @returns what was damaged of it */
const mendFrame = async (paths: LakePaths, options: LakeOptions): Promise<RepairedFile[]> => {
  await dropBrokenPlans(paths);
  await recover(paths);
  const damaged: RepairedFile[] = [];
  const meta = await readMeta(paths).catch((error: FlowfitError) => {
    if (error.code === 'lake-newer') throw error;
    damaged.push(frame(paths.meta, 'changed'));
    return null;
  });
  if (meta !== null && meta.schema < LAKE_SCHEMA) return damaged;
  const main = await readFile(paths.manifest, 'utf8').then(parseManifest, () => null);
  const copy = await readFile(paths.manifestCopy, 'utf8').then(parseManifest, () => null);
  if (main === null) damaged.push(frame(paths.manifest, 'changed'));
  if (copy === null) damaged.push(frame(paths.manifestCopy, 'changed'));
  const manifest = (await manifestOf(paths)) ?? (await describeFolders(paths, options));
  if (manifest.schema > LAKE_SCHEMA) throw lakeNewer(paths, manifest.schema);
  const isOdd = main === null || copy === null || copy.version !== main.version;
  if (isOdd) await publishManifest(paths, manifestText(manifest));
  if (meta === null || meta.createdAt !== manifest.createdAt) await writeMeta(paths, manifest);
  return damaged;
};

const frame = (path: string, damage: RepairedFile['damage']): RepairedFile => ({
  path: basename(path),
  day: null,
  damage,
});

/** A plan that cannot be read was never carried out to its end, and its writer told nobody that it was. */
const dropBrokenPlans = async (paths: LakePaths): Promise<void> => {
  for (const name of await namesIn(paths.scratch)) {
    const text = await readFile(join(paths.scratch, name, 'commit.json'), 'utf8').catch(() => null);
    if (text === null) continue;
    try {
      const plan = JSON.parse(text) as { manifest?: string; removals?: unknown };
      if (plan.removals !== undefined || parseManifest(plan.manifest ?? '') !== null) continue;
    } catch {
      // Dropped like any other.
    }
    await rm(join(paths.scratch, name), { recursive: true, force: true });
  }
};

/** Both manifests are lost: the files that can be read are the lake, if they are what the ledger says. */
const describeFolders = async (paths: LakePaths, options: LakeOptions): Promise<Manifest> => {
  const db = await Database.open(options);
  try {
    const files: LakeFile[] = [];
    for (const file of await filesInFolders(paths)) {
      const path = join(paths.root, file.path);
      const isParquet = path.endsWith('.parquet');
      const rows = isParquet ? await rowsOfFiles(db, [path]).catch(() => null) : new Map<string, number>();
      // What cannot be read is described as what it is not, so that it is found damaged.
      const found = rows === null ? { bytes: -1, sha256: 'unknown' } : await describeFile(path);
      files.push({ ...file, ...found, rows: rows?.get(path) ?? null });
    }
    const days = files.filter(({ path }) => path.startsWith('flows/')).map(({ path }) => path.split('/')[1] ?? '');
    return {
      schema: LAKE_SCHEMA,
      // Beyond any that a reader may have.
      version: Math.floor((options.now ?? (() => new Date()))().getTime() / 1000),
      createdAt: (options.now ?? (() => new Date()))().toISOString(),
      // Of no DuckDB: the next writer computes the hashes of all records.
      hashProbe: '',
      files,
      dirty: [...new Set(days)].sort(),
      prunedBefore: null,
      superseded: [],
    };
  } finally {
    db.close();
  }
};

class Repair {
  readonly #lake: Lake;
  readonly #damaged: RepairedFile[];
  #hasSetAside = false;

  constructor(lake: Lake, mended: readonly RepairedFile[]) {
    this.#lake = lake;
    this.#damaged = [...mended];
  }

  async run(): Promise<RepairReport> {
    const lake = this.#lake;
    const batch = await Batch.begin(lake);
    try {
      const before = recordsIn(lake);
      const checked = lake.manifest.files.length;
      const bad = await this.#findDamage(batch);
      const whole = {
        ...lake,
        manifest: { ...lake.manifest, files: lake.manifest.files.filter((file) => !bad.has(file)) },
      };
      const captures = [...bad].filter(({ path }) => path.startsWith('inventory/'));
      const { forgotten, after } = await this.#mendLedger(batch, bad, whole);
      if (captures.length > 0) {
        const flows = whole.manifest.files.filter(({ path }) => path.startsWith('flows/'));
        await refreshAll(lake, batch, flows, createTimeline(loadSnapshots(whole)));
        batch.markDirty(daysIn(whole, 'flows'));
      }
      if (batch.isEmpty) await batch.discard();
      else await batch.commit();
      await this.#mendDismissals(batch.id);
      // Not before: it reads what may have been damaged.
      await migrate(lake);
      const rolledUp = lake.manifest.dirty.length;
      await rollUp(lake);
      return {
        schema: 'flowfit.lake-repair/1',
        checked,
        damaged: this.#damaged,
        setAside: this.#hasSetAside ? join(lake.paths.setAside, batch.id) : null,
        forgotten,
        captures: captures.map(({ path }) => basename(path, '.json')),
        lost: { stored: before.stored - after.stored, coverage: before.coverage - after.coverage },
        rolledUp,
      };
    } catch (error) {
      await batch.discard();
      throw error;
    }
  }

  /** Takes out, as part of the batch, what is damaged. */
  async #findDamage(batch: Batch): Promise<Set<LakeFile>> {
    const { manifest, paths, checker, dir } = this.#lake;
    const bad = new Set<LakeFile>();
    for (const file of manifest.files) {
      const damage = await checker.damageOf(file, true);
      if (damage === null) continue;
      bad.add(file);
      this.#takeOut(batch, file.path, damage);
      if (dayInFolder(file.path) !== undefined) batch.markDirty([dayInFolder(file.path) ?? null]);
    }
    const known = new Set([...manifest.files, ...manifest.superseded].map(({ path }) => path));
    const strangers = (await filesInFolders(paths)).filter(({ path }) => !known.has(path));
    for (const { path } of strangers) if (existsSync(join(dir, path))) this.#takeOut(batch, path, 'unknown');
    return bad;
  }

  #takeOut(batch: Batch, path: string, damage: RepairedFile['damage']): void {
    this.#damaged.push({ path, day: dayInPath(path), damage });
    const target = join(this.#lake.dir, path);
    if (damage === 'missing') batch.remove(target);
    else {
      this.#hasSetAside = true;
      batch.setAside(target);
    }
  }

  /** Forgets the objects of damaged files. */
  async #mendLedger(
    batch: Batch,
    bad: ReadonlySet<LakeFile>,
    whole: LakeState,
  ): Promise<{ forgotten: string[]; after: { stored: number; coverage: number } }> {
    const { paths, dir } = this.#lake;
    const lost = new Set(
      [...bad].flatMap(({ path, batches }) =>
        /^(sources|rejects)\//.test(path) ? [batchOfLedger(path), ...batches] : batches,
      ),
    );
    const ledger = readLedger(whole);
    const isLedgerWhole = ![...bad].some(({ path }) => path.startsWith('sources/'));
    // Records are gone, and nothing says of which objects: all are to be read again.
    const isAllLost = isLedgerWhole && !isEqual(ledgerSums(ledger), recordsIn(this.#lake));
    const isLost = (entry: LedgerEntry) => isAllLost || lost.has(entry.batch ?? '');
    const kept = ledger.entries.filter((entry) => !isLost(entry));
    const forgotten = ledger.entries.filter(isLost);
    for (const { path } of whole.manifest.files) {
      if (path.startsWith('rejects/') && (isAllLost || lost.has(batchOfLedger(path)))) batch.remove(join(dir, path));
    }
    const after = recordsIn(whole);
    const correction = correctionOf({ entries: kept, corrections: ledger.corrections }, after, this.#lake.now());
    if (forgotten.length > 0 || correction.length > 0) {
      for (const { path } of whole.manifest.files) if (path.startsWith('sources/')) batch.remove(join(dir, path));
      const lines: (LedgerEntry | LedgerCorrection)[] = [...kept, ...ledger.corrections, ...correction];
      await batch.stageText(join(paths.sources, `${batch.id}.ndjson`), ledgerText(lines));
    }
    return { forgotten: forgotten.map(({ source }) => source), after };
  }

  async #mendDismissals(id: string): Promise<void> {
    const { paths } = this.#lake;
    try {
      await loadDismissals(this.#lake);
    } catch (error) {
      if (!(error instanceof FlowfitError && error.code === 'dismissals-damaged')) throw error;
      await mkdir(join(paths.setAside, id), { recursive: true });
      await rename(paths.dismissals, join(paths.setAside, id, basename(paths.dismissals)));
      this.#hasSetAside = true;
      this.#damaged.push(frame(paths.dismissals, 'changed'));
    }
  }
}

interface Sums {
  readonly stored: number;
  readonly coverage: number;
}

const isEqual = (one: Sums, other: Sums): boolean => one.stored === other.stored && one.coverage === other.coverage;

/** What makes the ledger say what the files have. */
const correctionOf = (ledger: Ledger, found: Sums, now: Date): LedgerCorrection[] => {
  const said = ledgerSums(ledger);
  const [stored, coverage] = [found.stored - said.stored, found.coverage - said.coverage];
  return stored === 0 && coverage === 0 ? [] : [{ because: 'repaired', at: now.toISOString(), stored, coverage }];
};

/** Null for records without time; undefined for a file of no day. */
const dayInFolder = (path: string): number | null | undefined => {
  const folder = path.split('/').find((part) => part.startsWith('day='));
  return folder === undefined ? undefined : dayOfFolder(folder);
};
