/**
 * The folder into which DuckDB of one process spills, below one that others use too. It says whose it is, so that the
 * next process can remove what a killed one left, and never that of a living one: processes of other containers may
 * share the folder above, and cannot be seen from here.
 */
import {
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { FlowfitError, messageOf } from '@flowfit/core/errors';
import { bootId, hasEnded, orNull, pidNamespace } from './processes.ts';

const PREFIX = 'flowfit-spill-';
const OWNER = 'owner.json';
/** Owners who cannot be seen show that they live by touching their folder. */
const TOUCH_EVERY_MS = 3_600_000;
const SILENCE_MS = 3 * 86_400_000;

interface Owner {
  readonly pid: number;
  /** When the process started, in ticks since the boot: numbers of processes are given again. Null: not to be had. */
  readonly started: string | null;
  /** Of the running operating system, and of the container; null where it has none. */
  readonly boot: string | null;
  readonly namespace: string | null;
}

export interface SpillFolder {
  readonly path: string;
  /** Bytes that may be spilled; null where it cannot be told how much room there is. */
  readonly limit: number | null;
  remove(): void;
}

/** @param limit bytes, at most. @throws FlowfitError `temp-unwritable` */
export const makeSpillFolder = (parent: string, limit: number | undefined): SpillFolder => {
  removeLeftOvers(parent);
  try {
    const path = mkdtempSync(join(parent, PREFIX));
    writeFileSync(join(path, OWNER), JSON.stringify(me()));
    const timer = setInterval(() => touch(path), TOUCH_EVERY_MS).unref();
    const remove = (): void => {
      clearInterval(timer);
      rmSync(path, { recursive: true, force: true });
    };
    return { path, limit: limitOn(path, limit), remove };
  } catch (error) {
    throw new FlowfitError(
      'temp-unwritable',
      `No temporary folder can be made in ${parent}: ${messageOf(error)}. Name another one with --temp or $FLOWFIT_TEMP.`,
    );
  }
};

/** Half of the free space, so that the disk is never filled; of what was asked for, as much as leaves a little. */
const limitOn = (path: string, asked: number | undefined): number | null => {
  const free = freeSpace(path);
  if (free === null) return asked ?? null;
  return Math.floor(asked === undefined ? free / 2 : Math.min(asked, free * 0.95));
};

const freeSpace = (path: string): number | null => {
  try {
    const { bavail, blocks, bsize } = statfsSync(path);
    return blocks > 0 ? bavail * bsize : null;
  } catch {
    return null;
  }
};

const touch = (path: string): void => {
  const now = new Date();
  try {
    utimesSync(join(path, OWNER), now, now);
  } catch {
    // Its owner removes it this moment, or somebody did: there is nothing to keep.
  }
};

const removeLeftOvers = (parent: string): void => {
  for (const name of namesIn(parent)) {
    const path = join(parent, name);
    if (name.startsWith(PREFIX) && isLeftOver(path)) {
      try {
        rmSync(path, { recursive: true, force: true });
      } catch {
        // Another process removes it as well, or it is another user's.
      }
    }
  }
};

const namesIn = (folder: string): string[] => {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
};

/** Whether a folder is one of ours, and that of a process which is certainly gone. */
const isLeftOver = (path: string): boolean => {
  try {
    // Not what a link leads to: somebody else may have put it there.
    const folder = lstatSync(path);
    if (!folder.isDirectory() || folder.uid !== (process.getuid?.() ?? folder.uid)) return false;
    const names = readdirSync(path);
    if (names.some((name) => name !== OWNER && !name.startsWith('duckdb_temp'))) return false;
    const times = [path, ...names.map((name) => join(path, name))].map((file) => lstatSync(file).mtimeMs);
    const isSilent = Date.now() - Math.max(...times) > SILENCE_MS;
    const owner = names.includes(OWNER) ? readOwner(path) : null;
    if (owner === null || !isSeenFromHere(owner)) return isSilent;
    return !isAlive(owner);
  } catch {
    // It goes away this moment.
    return false;
  }
};

const readOwner = (path: string): Owner | null => {
  try {
    const owner = JSON.parse(readFileSync(join(path, OWNER), 'utf8')) as Owner;
    return Number.isInteger(owner.pid) && owner.pid > 0 ? owner : null;
  } catch {
    return null;
  }
};

const isSeenFromHere = ({ boot, namespace }: Owner): boolean => boot === bootId() && namespace === pidNamespace();

const isAlive = ({ pid, started }: Owner): boolean => {
  if (hasEnded(pid)) return false;
  const now = startOf(pid);
  return started === null || now === null || started === now;
};

const me = (): Owner => ({
  pid: process.pid,
  started: startOf(process.pid),
  boot: bootId(),
  namespace: pidNamespace(),
});

/** Field 22 of what Linux says of a process; the name before it may hold blanks and brackets. */
const startOf = (pid: number): string | null =>
  orNull(() => readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\)/s, '').split(' ')[20]);
