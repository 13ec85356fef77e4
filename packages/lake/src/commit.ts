/**
 * Atomic changes of several files.
 *
 * A batch writes everything into its own folder `tmp/<batch>/`. Writing `commit.json` there, by rename, is the moment
 * at which the batch counts: it says what moves where, and holds the manifest of the lake afterwards. Then the files are
 * moved, the manifest is published, which is when readers see all of it at once, and what it names no more is deleted,
 * as soon as nobody reads a state that has it. Each step can be made again after a crash. Whoever takes the lock next
 * finishes what has a `commit.json` and deletes what has none, so a killed writer loses nothing that was reported as
 * stored, and leaves nothing half done.
 */
import { existsSync, mkdirSync, readdirSync, rmdirSync, statSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { FlowfitError } from '@flowfit/core/errors';
import { hashOfFile, namesIn, syncFile, syncFolder, writeDurably } from './durable.ts';
import { checkLock } from './lock.ts';
import { type LakeFile, type Manifest, manifestText, parseManifest, publishManifest } from './manifest.ts';
import { dayFolder, type LakePaths, relativeTo } from './paths.ts';
import { earliestRead } from './readers.ts';

/** What a batch changes: the writer's view of a lake. */
export interface Committable {
  readonly paths: LakePaths;
  readonly now: () => Date;
  /** The state that the lock's holder works on; every commit gives the next one. */
  manifest: Manifest;
}

/** Paths relative to the lake's root. */
interface CommitPlan {
  readonly moves: readonly { readonly from: string; readonly to: string }[];
  /** Text of the manifest of the lake with the batch; absent in plans of schema 2 and before. */
  readonly manifest?: string;
  /** Of schema 2 and before. */
  readonly removals?: readonly string[];
}

/** What is known of a file that is written. */
interface About {
  rows: number | null;
  readonly batches: readonly string[];
}

let batchesBegun = 0;

export class Batch {
  readonly id: string;
  /** Where the batch may write what it likes. */
  readonly folder: string;
  readonly #lake: Committable;
  /** By target. */
  readonly #staged = new Map<string, About>();
  readonly #removals = new Set<string>();
  readonly #setAside = new Set<string>();
  readonly #dirty = new Map<string, boolean>();
  #settings: Partial<Pick<Manifest, 'hashProbe' | 'prunedBefore'>> = {};

  private constructor(lake: Committable, id: string) {
    this.#lake = lake;
    this.id = id;
    this.folder = join(lake.paths.scratch, id);
  }

  /**
   * Ids sort by time and are unique, also while the clock stands still: files are named after their batch, so a
   * second batch of the same id would replace what the first one stored.
   */
  static async begin(lake: Committable): Promise<Batch> {
    const stamp = lake.now().toISOString().replaceAll(/[-:.]/g, '');
    const serial = String(batchesBegun++).padStart(6, '0');
    const batch = new Batch(lake, `${stamp}-${process.pid}-${serial}`);
    await mkdir(batch.folder, { recursive: true });
    return batch;
  }

  /**
   * Where to write the file that becomes `target` (absolute) with the commit.
   *
   * @param batches whose records it holds
   */
  stage(target: string, batches: readonly string[] = []): string {
    const to = relativeTo(this.#lake.paths, target);
    const path = join(this.folder, 'new', to);
    mkdirSync(dirname(path), { recursive: true });
    this.#staged.set(to, { rows: null, batches });
    return path;
  }

  async stageText(target: string, text: string): Promise<void> {
    await writeFile(this.stage(target), text);
  }

  /** The rows of a Parquet file that was staged as `target`. */
  count(target: string, rows: number): void {
    const about = this.#staged.get(relativeTo(this.#lake.paths, target));
    if (about !== undefined) about.rows = rows;
  }

  /** Takes a file (absolute) out of the lake with the commit. */
  remove(target: string): void {
    this.#removals.add(relativeTo(this.#lake.paths, target));
  }

  /** As `remove`, for a file that is kept for whoever wants to look at it. */
  setAside(target: string): void {
    this.remove(target);
    this.#setAside.add(relativeTo(this.#lake.paths, target));
  }

  /** From the commit on, what is derived from a day is older than its records. */
  markDirty(days: Iterable<number | null>): void {
    for (const day of days) this.#dirty.set(dayFolder(day), true);
  }

  /** With the commit, what is derived from a day is as new as its records. */
  markClean(day: number | null): void {
    this.#dirty.set(dayFolder(day), false);
  }

  set(settings: Partial<Pick<Manifest, 'hashProbe' | 'prunedBefore'>>): void {
    this.#settings = { ...this.#settings, ...settings };
  }

  /** @throws FlowfitError `commit-incomplete`, `lake-lock-lost` */
  async commit(): Promise<void> {
    const { paths } = this.#lake;
    await checkLock(paths.root);
    const added = await this.#describeStaged();
    const next = this.#nextManifest(added);
    const from = relativeTo(paths, this.folder);
    const plan: CommitPlan = {
      moves: [
        ...added.map(({ path }) => ({ from: `${from}/new/${path}`, to: path })),
        ...[...this.#setAside].map((path) => ({
          from: path,
          to: `${relativeTo(paths, paths.setAside)}/${this.id}/${path}`,
        })),
      ],
      manifest: manifestText(next),
    };
    await writeDurably(join(this.folder, 'commit.json'), JSON.stringify(plan));
    await carryOut(paths, this.folder, plan);
    this.#lake.manifest = next;
  }

  /** Whether a commit would change nothing. */
  get isEmpty(): boolean {
    return this.#staged.size + this.#removals.size + this.#dirty.size === 0;
  }

  async discard(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Flushes what was staged. */
  async #describeStaged(): Promise<LakeFile[]> {
    const files: LakeFile[] = [];
    for (const [path, { rows, batches }] of this.#staged) {
      const staged = join(this.folder, 'new', path);
      if (!existsSync(staged)) throw incomplete(staged);
      await syncFile(staged);
      files.push({ path, ...(await describeFile(staged)), rows, batches });
    }
    return files;
  }

  #nextManifest(added: readonly LakeFile[]): Manifest {
    const { manifest, paths } = this.#lake;
    const version = manifest.version + 1;
    const gone = new Set([...this.#removals, ...this.#staged.keys()]);
    const kept = manifest.files.filter(({ path }) => !gone.has(path));
    const dirty = new Set(manifest.dirty);
    for (const [folder, isDirty] of this.#dirty) {
      if (isDirty) dirty.add(folder);
      else dirty.delete(folder);
    }
    const replaced = [...this.#removals].filter((path) => !this.#staged.has(path) && !this.#setAside.has(path));
    return {
      ...manifest,
      ...this.#settings,
      version,
      files: [...kept, ...added].sort((a, b) => (a.path < b.path ? -1 : 1)),
      dirty: [...dirty].sort(),
      superseded: [
        // What is there again is no file of an earlier state alone.
        ...manifest.superseded.filter(({ path }) => !this.#staged.has(path) && existsSync(join(paths.root, path))),
        ...replaced.map((path) => ({ path, version })),
      ],
    };
  }
}

/** Size, hash and time of a file. */
export const describeFile = async (path: string): Promise<Pick<LakeFile, 'bytes' | 'sha256' | 'modified'>> => {
  const { size, mtimeNs } = statSync(path, { bigint: true });
  return { bytes: Number(size), sha256: await hashOfFile(path), modified: String(mtimeNs) };
};

/** Finishes or discards what a killed writer left. The lock must be held. */
export const recover = async (paths: LakePaths): Promise<void> => {
  const halves = (await namesIn(paths.root)).filter((name) => /\.part$|^probe\./.test(name));
  for (const name of halves) await rm(join(paths.root, name), { force: true });
  for (const name of await namesIn(paths.scratch)) {
    const folder = join(paths.scratch, name);
    const plan = await readPlan(join(folder, 'commit.json'));
    if (plan !== null) await carryOut(paths, folder, plan);
    else await rm(folder, { recursive: true, force: true });
  }
};

/** Null where nothing was committed. @throws FlowfitError `lake-damaged` */
const readPlan = async (path: string): Promise<CommitPlan | null> => {
  const text = await readFile(path, 'utf8').catch(() => null);
  if (text === null) return null;
  try {
    const plan = JSON.parse(text) as CommitPlan;
    if (plan.removals !== undefined || parseManifest(plan.manifest ?? '') !== null) return plan;
  } catch {
    // Told below.
  }
  throw new FlowfitError(
    'lake-damaged',
    `${path}, the plan of an interrupted change, is not what was written. Run "flowfit lake repair".`,
  );
};

/**
 * Nothing is moved unless all of it is there, or in its place already: else the ledger would name what the lake lacks.
 *
 * @throws FlowfitError `commit-incomplete`
 */
const carryOut = async (paths: LakePaths, folder: string, plan: CommitPlan): Promise<void> => {
  const { root } = paths;
  const isSetAside = (to: string) => to.startsWith(`${relativeTo(paths, paths.setAside)}/`);
  const lost = plan.moves.find(
    ({ from, to }) => !isSetAside(to) && !existsSync(join(root, from)) && !existsSync(join(root, to)),
  );
  if (lost !== undefined) {
    await rm(folder, { recursive: true, force: true });
    throw incomplete(join(root, lost.from));
  }
  const changed = new Set<string>();
  for (const { from, to } of plan.moves) {
    const source = join(root, from);
    if (!existsSync(source)) continue;
    const target = join(root, to);
    const made = await mkdir(dirname(target), { recursive: true });
    if (made !== undefined) changed.add(dirname(made));
    await rename(source, target);
    changed.add(dirname(target));
  }
  for (const path of changed) await syncFolder(path);
  if (plan.manifest !== undefined) await publishManifest(paths, plan.manifest);
  for (const path of plan.removals ?? []) await rm(join(root, path), { force: true });
  await rm(folder, { recursive: true, force: true });
  const manifest = parseManifest(plan.manifest ?? '');
  if (manifest !== null) await deleteSuperseded(paths, manifest);
};

/** Deletes what no state that somebody reads has, and forgets readers who are gone. The lock must be held. @returns how many files have to wait */
export const deleteSuperseded = async (paths: LakePaths, { superseded }: Manifest): Promise<number> => {
  const earliest = (await earliestRead(paths)) ?? Number.POSITIVE_INFINITY;
  let waiting = 0;
  for (const { path, version } of superseded) {
    const absolute = join(paths.root, path);
    if (earliest >= version) {
      await rm(absolute, { force: true });
      removeIfEmpty(dirname(absolute));
    } else if (existsSync(absolute)) waiting++;
  }
  return waiting;
};

/** The folder of a day that has nothing any more. */
const removeIfEmpty = (folder: string): void => {
  try {
    if (readdirSync(folder).length === 0) rmdirSync(folder);
  } catch {
    // Somebody else has put something there, or has removed it.
  }
};

const incomplete = (path: string): FlowfitError =>
  new FlowfitError(
    'commit-incomplete',
    `${path} is gone: something deleted it while it was written. Nothing of the batch is in the lake; ` +
      'run the same command again, and let nothing but Flowfit delete files there.',
  );
