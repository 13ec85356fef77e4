/** Files that are touched while a process lives: one that was not for a while was left behind. */
import { randomUUID } from 'node:crypto';
import { rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export const HEARTBEAT_MS = 10_000;
export const SILENCE_MS = 60_000;

/** Milliseconds since 1970 by the clock that dates the files of a folder, which is not always this machine's. */
export const timeOfFileSystem = async (folder: string): Promise<number> => {
  const probe = join(folder, `probe.${randomUUID()}`);
  try {
    await writeFile(probe, '');
    return (await stat(probe)).mtimeMs;
  } finally {
    await rm(probe, { force: true });
  }
};

export const touch = async (path: string): Promise<void> => {
  const now = new Date();
  await utimes(path, now, now).catch(() => undefined);
};
