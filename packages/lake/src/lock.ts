/**
 * One writer at a time. The lock is a file that names its process, so that a second writer can be told whom it waits
 * for, and one left by a process that was killed is recovered at once. A lock library would have to guess that from
 * the file's age, and leave a killed ingest's successor waiting.
 */
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { FlowfitError } from '@flowfit/core/errors';

interface Holder {
  readonly pid: number;
  readonly host: string;
  readonly since: string;
}

/** As long as a lock may be there without its text. */
const HALF_WRITTEN_MS = 200;

/** Locks that this very process holds: its own id in a lock file says nothing, ids being used again. */
const held = new Set<string>();

/** Runs `work` while holding the lock of the lake at `root`. @throws FlowfitError `lake-locked` */
export const withLock = async <T>(root: string, now: () => Date, work: () => Promise<T>): Promise<T> => {
  const path = join(root, 'lock');
  const me: Holder = { pid: process.pid, host: hostname(), since: now().toISOString() };
  await acquire(path, me);
  held.add(path);
  try {
    return await work();
  } finally {
    held.delete(path);
    await rm(path, { force: true });
  }
};

const acquire = async (path: string, me: Holder): Promise<void> => {
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      await writeFile(path, JSON.stringify(me), { flag: 'wx' });
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    // Its maker writes it at once: a lock that is still cut off a moment later was left by a process that was killed.
    const holder = (await readHolder(path)) ?? (await setTimeout(HALF_WRITTEN_MS, path).then(readHolder));
    if (holder !== null && !isGone(path, holder)) throw lockedBy(path, holder);
    await discard(path, holder);
  }
  throw new FlowfitError('lake-locked', `The lock ${path} cannot be taken. Try again when the other writer is done.`);
};

const lockedBy = (path: string, { pid, host, since }: Holder): FlowfitError =>
  new FlowfitError(
    'lake-locked',
    `The lake is being written by process ${pid} on ${host} since ${since}. ` +
      `Wait until it is done, or, if there is no such process, delete ${path}.`,
  );

/** Null for a lock that is gone by now, or was cut off while it was written. */
const readHolder = async (path: string): Promise<Holder | null> => {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Holder;
  } catch {
    return null;
  }
};

/** Whether the holder has certainly ended: only processes of this host can be asked. */
const isGone = (path: string, { pid, host }: Holder): boolean => {
  if (host !== hostname()) return false;
  if (pid === process.pid) return !held.has(path);
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
};

/** Takes a stale lock out of the way by renaming it, so that of two recovering writers only one removes it. */
const discard = async (path: string, stale: Holder | null): Promise<void> => {
  const aside = `${path}.${process.pid}`;
  try {
    await rename(path, aside);
  } catch {
    return;
  }
  const taken = await readHolder(aside);
  if (taken !== null && taken.pid !== stale?.pid) await rename(aside, path);
  else await rm(aside, { force: true });
};
