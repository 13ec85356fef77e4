/**
 * One writer at a time.
 *
 *   lock.db   held by a lock of the operating system, as DuckDB takes it on a database that it writes: it holds between
 *             containers too, and goes with its process however that ends. The file itself stays
 *   lock      says who holds it, for people; and for writers whom the operating system's lock does not reach, since the
 *             folder is shared by several machines: it is touched while the holder lives, so that one left behind shows
 *
 * Every holder has an id of its own. Before each commit it looks whether the lock still names it: a writer that was
 * taken for dead, and whose lock another one has, must not write any more.
 */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { FlowfitError, messageOf } from '@flowfit/core/errors';
import { HEARTBEAT_MS, SILENCE_MS, timeOfFileSystem, touch } from './heartbeat.ts';
import { bootId, hasEnded } from './processes.ts';

interface Holder {
  readonly pid: number;
  readonly host: string;
  readonly since: string;
  /** Absent in locks of older versions. */
  readonly owner?: string;
  /** Of the running operating system; null where it has none. */
  readonly boot?: string | null;
  /** It is worth waiting for. */
  readonly isBrief?: boolean;
}

export interface LockOptions {
  /** Whether the work is a matter of moments: others wait for it, and it for nobody. */
  readonly isBrief?: boolean;
}

/** How often a brief holder is looked after. */
const WAIT_MS = 50;
const WAITS = 60;

/** By root: the id with which this process holds a lake. */
const owners = new Map<string, string>();

/** Runs `work` while holding the lock of the lake at `root`. @throws FlowfitError `lake-locked`, `lake-unlockable` */
export const withLock = async <T>(
  root: string,
  now: () => Date,
  work: () => Promise<T>,
  { isBrief = false }: LockOptions = {},
): Promise<T> => {
  const { owner, release } = await takePatiently(root, isBrief ? 0 : WAITS);
  const path = join(root, 'lock');
  try {
    const me = { pid: process.pid, host: hostname(), since: now().toISOString(), owner, boot: bootId(), isBrief };
    await writeFile(path, JSON.stringify(me satisfies Holder));
    const heartbeat = setInterval(() => void touch(path), HEARTBEAT_MS).unref();
    try {
      return await work();
    } finally {
      clearInterval(heartbeat);
      if ((await readHolder(path))?.owner === owner) await rm(path, { force: true });
    }
  } finally {
    release();
  }
};

interface Taken {
  readonly owner: string;
  release(): void;
}

/** Waits for whoever holds the lock for a moment, or has not said yet for how long. */
const takePatiently = async (root: string, waits: number): Promise<Taken> => {
  for (let tries = 0; ; tries++) {
    try {
      return await take(root);
    } catch (error) {
      if (tries >= waits || !(error instanceof FlowfitError && error.code === 'lake-locked')) throw error;
      const holder = await readHolder(join(root, 'lock'));
      if (holder !== null && holder.isBrief !== true) throw error;
      await new Promise((done) => setTimeout(done, WAIT_MS));
    }
  }
};

const take = async (root: string): Promise<Taken> => {
  const path = join(root, 'lock');
  if (owners.has(root)) throw lockedBy(path, await readHolder(path));
  const owner = randomUUID();
  owners.set(root, owner);
  let system: DuckDBInstance | undefined;
  const release = (): void => {
    system?.closeSync();
    owners.delete(root);
  };
  try {
    system = await takeSystemLock(root, path);
    await refuseOthers(path);
    return { owner, release };
  } catch (error) {
    release();
    throw error;
  }
};

/** Before a commit. @throws FlowfitError `lake-lock-lost` */
export const checkLock = async (root: string): Promise<void> => {
  const owner = owners.get(root);
  if (owner === undefined) return;
  const holder = await readHolder(join(root, 'lock'));
  if (holder?.owner === owner) return;
  throw new FlowfitError(
    'lake-lock-lost',
    `The lock of the lake ${root} is no longer held by this process${holder ? `, but by process ${holder.pid} on ${holder.host}` : ''}. ` +
      'Nothing of the unfinished batch is in the lake; run the same command again when the other writer is done.',
  );
};

const takeSystemLock = async (root: string, path: string): Promise<DuckDBInstance> => {
  try {
    return await DuckDBInstance.create(join(root, 'lock.db'), { threads: '1' });
  } catch (error) {
    const message = messageOf(error);
    if (/conflicting lock|could not set lock/i.test(message) && !/no locks available/i.test(message)) {
      throw lockedBy(path, await readHolder(path));
    }
    throw new FlowfitError(
      'lake-unlockable',
      `The lake ${root} cannot be locked: ${message}. Lakes belong on a file system with locks, not on object storage ` +
        'or on NFS without them; if lock.db there is damaged, delete it while nothing writes.',
    );
  }
};

/** With the lock of the operating system in hand: is there a holder that it does not reach? */
const refuseOthers = async (path: string): Promise<void> => {
  const holder = await readHolder(path);
  if (holder === null || isOfThisSystem(holder)) return;
  const isAlive = holder.owner === undefined ? !isGone(holder) : await isTouched(path);
  if (isAlive) throw lockedBy(path, holder);
};

/** Then its process has ended: it would hold the lock of the operating system. */
const isOfThisSystem = ({ owner, boot }: Holder): boolean => owner !== undefined && boot != null && boot === bootId();

/** Of a lock of an older version: only processes of this host can be asked. */
const isGone = ({ pid, host }: Holder): boolean => {
  if (host !== hostname()) return false;
  if (pid === process.pid) return true;
  return hasEnded(pid);
};

const isTouched = async (path: string): Promise<boolean> => {
  const now = await timeOfFileSystem(dirname(path));
  return now - (await stat(path)).mtimeMs < SILENCE_MS;
};

/** Whether no living process says that it holds the lock. */
export const isLockSilent = async (root: string): Promise<boolean> => {
  const path = join(root, 'lock');
  return !existsSync(path) || !(await isTouched(path));
};

const lockedBy = (path: string, holder: Holder | null): FlowfitError =>
  new FlowfitError(
    'lake-locked',
    holder === null
      ? `The lake is being written by another process. Wait until it is done (${path}).`
      : `The lake is being written by process ${holder.pid} on ${holder.host} since ${holder.since}. ` +
          `Wait until it is done, or, if there is no such process, delete ${path}.`,
  );

/** Null for a lock that is not there, or was cut off while it was written. */
const readHolder = async (path: string): Promise<Holder | null> => {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Holder;
  } catch {
    return null;
  }
};
