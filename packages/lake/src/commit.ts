/**
 * Atomic changes of several files.
 *
 * A batch writes everything into its own folder `tmp/<batch>/`. Writing `commit.json` there, by rename, is the moment
 * at which the batch counts: it lists what moves where and what goes. Then the moves are made; each can be made again
 * after a crash. Whoever takes the lock next finishes what has a `commit.json` and deletes what has none, so a killed
 * writer loses nothing that was reported as stored, and leaves nothing half done.
 */
import { existsSync, mkdirSync } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { FlowfitError } from '@flowfit/core/errors';
import { checkLock } from './lock.ts';
import type { LakePaths } from './paths.ts';

/** Paths relative to the lake's root. */
interface CommitPlan {
  readonly moves: readonly { readonly from: string; readonly to: string }[];
  readonly removals: readonly string[];
}

/** By this process. */
let batchesBegun = 0;
let filesWritten = 0;

export class Batch {
  readonly id: string;
  /** Where the batch may write what it likes. */
  readonly folder: string;
  readonly #root: string;
  readonly #moves: { from: string; to: string }[] = [];
  readonly #removals: string[] = [];

  private constructor(root: string, scratch: string, id: string) {
    this.#root = root;
    this.id = id;
    this.folder = join(scratch, id);
  }

  /**
   * Ids sort by time and are unique, also while the clock stands still: files are named after their batch, so a
   * second batch of the same id would replace what the first one stored.
   */
  static async begin(paths: LakePaths, now: Date): Promise<Batch> {
    const stamp = now.toISOString().replaceAll(/[-:.]/g, '');
    const serial = String(batchesBegun++).padStart(6, '0');
    const batch = new Batch(paths.root, paths.scratch, `${stamp}-${process.pid}-${serial}`);
    await mkdir(batch.folder, { recursive: true });
    return batch;
  }

  /** Where to write the file that becomes `target` (absolute) with the commit. */
  stage(target: string): string {
    const to = relativeTo(this.#root, target);
    const from = `${relativeTo(this.#root, this.folder)}/new/${to}`;
    mkdirSync(dirname(join(this.#root, from)), { recursive: true });
    this.#moves.push({ from, to });
    return join(this.#root, from);
  }

  async stageText(target: string, text: string): Promise<void> {
    await writeFile(this.stage(target), text);
  }

  /** Deletes a file (absolute) with the commit. */
  remove(target: string): void {
    this.#removals.push(relativeTo(this.#root, target));
  }

  /** @throws FlowfitError `commit-incomplete`, `lake-lock-lost` */
  async commit(): Promise<void> {
    await checkLock(this.#root);
    const plan: CommitPlan = { moves: this.#moves, removals: this.#removals };
    await writeDurably(join(this.folder, 'commit.json'), JSON.stringify(plan));
    await carryOut(this.#root, this.folder, plan);
  }

  async discard(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Finishes or discards what a killed writer left. The lock must be held. */
export const recover = async (paths: LakePaths): Promise<void> => {
  for (const name of await namesIn(paths.scratch)) {
    const folder = join(paths.scratch, name);
    const plan = await readFile(join(folder, 'commit.json'), 'utf8').catch(() => null);
    if (plan !== null) await carryOut(paths.root, folder, JSON.parse(plan) as CommitPlan);
    else await rm(folder, { recursive: true, force: true });
  }
};

/**
 * Nothing is moved unless all of it is there, or in its place already: else the ledger would name what the lake lacks.
 *
 * @throws FlowfitError `commit-incomplete`
 */
const carryOut = async (root: string, folder: string, plan: CommitPlan): Promise<void> => {
  const lost = plan.moves.find(({ from, to }) => !existsSync(join(root, from)) && !existsSync(join(root, to)));
  if (lost !== undefined) {
    await rm(folder, { recursive: true, force: true });
    throw new FlowfitError(
      'commit-incomplete',
      `${join(root, lost.from)} is gone: something deleted it while it was written. Nothing of the batch is in the lake; ` +
        'run the same command again, and let nothing but Flowfit delete files there.',
    );
  }
  for (const { from, to } of plan.moves) {
    const source = join(root, from);
    if (!existsSync(source)) continue;
    await mkdir(dirname(join(root, to)), { recursive: true });
    await rename(source, join(root, to));
  }
  for (const path of plan.removals) await rm(join(root, path), { force: true });
  await rm(folder, { recursive: true, force: true });
};

/** The names in a folder, sorted; none where the folder does not exist. */
export const namesIn = async (folder: string): Promise<string[]> =>
  (
    await readdir(folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    })
  ).sort();

/** Written aside, flushed and renamed: the file is there whole or not at all. */
export const writeDurably = async (path: string, text: string): Promise<void> => {
  // Two processes that make the same lake at once must not take each other's file away.
  const aside = `${path}.${process.pid}-${filesWritten++}.part`;
  const file = await open(aside, 'w');
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(aside, path);
};

const relativeTo = (root: string, path: string): string => path.slice(root.length + 1);
