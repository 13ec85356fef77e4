/**
 * From what a person names to captures: the files of one capture and the time it was taken.
 *
 * A path is one capture, with everything below it: pages, accounts and regions of the same time. Folders named after a
 * time (`2026-06-01`, `2026-06-01T0800Z`, `20260601T080000Z`) are captures of that time, also within the path, so that
 * the folder above all of them can be added as it is. Without such a name a capture is as old as its newest file.
 */
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { parseTime } from '@flowfit/core/filter/time';
import type { InventoryFile } from '@flowfit/core/inventory/read';
import { CliError } from '../errors.ts';

export interface Capture {
  /** ISO 8601, UTC. */
  readonly capturedAt: string;
  readonly files: readonly InventoryFile[];
}

/**
 * Reads the files below the paths. Names are sorted, so that the same files give the same captures everywhere.
 *
 * @param at Unix seconds: all files are one capture of this time
 * @throws CliError `inventory-missing`, `inventory-unreadable`
 */
export const readCaptures = async (paths: readonly string[], at?: number): Promise<Capture[]> => {
  const found = (await Promise.all(paths.map((path) => findFiles(path, timeOfName(path))))).flat();
  if (found.length === 0) {
    throw new CliError('inventory-missing', `${paths.join(', ')}: there are no files.`, {
      remedy: "Name the folder with the AWS CLI's JSON: docs/how-to/get-logs-and-inventory.md.",
    });
  }
  const byTime = new Map<number | null, FoundFile[]>();
  for (const file of found) {
    const time = at ?? file.time;
    byTime.set(time, [...(byTime.get(time) ?? []), file]);
  }
  const captures = await Promise.all([...byTime].map(([time, files]) => toCapture(time, files)));
  return captures.sort((a, b) => (a.capturedAt < b.capturedAt ? -1 : 1));
};

interface FoundFile {
  readonly path: string;
  /** Unix seconds that a folder's name tells; null where none does. */
  readonly time: number | null;
  readonly modified: Date;
}

const findFiles = async (path: string, time: number | null): Promise<FoundFile[]> => {
  const found = await readable(path, () => stat(path));
  if (!found.isDirectory()) return [{ path, time, modified: found.mtime }];
  const names = await readable(path, () => readdir(path));
  const visible = names.filter((name) => !name.startsWith('.')).sort();
  return (await Promise.all(visible.map((name) => findFiles(join(path, name), timeOfName(name) ?? time)))).flat();
};

const toCapture = async (time: number | null, files: readonly FoundFile[]): Promise<Capture> => {
  const newest = Math.max(...files.map(({ modified }) => modified.getTime()));
  const seconds = time ?? Math.floor(newest / 1000);
  return {
    capturedAt: new Date(seconds * 1000).toISOString(),
    files: await Promise.all(
      files.map(async ({ path }) => ({ source: path, text: await readable(path, () => readFile(path, 'utf8')) })),
    ),
  };
};

const readable = async <T>(path: string, read: () => Promise<T>): Promise<T> => {
  try {
    return await read();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw new CliError('inventory-missing', `${path}: there is no such file or folder.`, {
        remedy: 'Check the path.',
      });
    }
    throw new CliError('inventory-unreadable', `${path} cannot be read: ${message}.`);
  }
};

const TIME_NAME = /^(\d{4})-?(\d\d)-?(\d\d)(?:T(\d\d)-?:?(\d\d)(?:-?:?(\d\d))?Z?)?$/;

/** Unix seconds of a name that is a time; file names cannot hold colons everywhere, so they may be left out. */
export const timeOfName = (path: string): number | null => {
  const match = TIME_NAME.exec(basename(path));
  if (match === null) return null;
  const [, year, month, day, hour = '00', minute = '00', second = '00'] = match;
  return parseTime(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
};
