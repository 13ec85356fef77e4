/** Lakes and folders that live as long as a test. */
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type Lake, type LakeOptions, openLake } from '../lake.ts';

/** A new folder, removed with all in it when the test ends. */
export const temporaryFolder = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'flowfit-lake-'));
  onTestFinished(async () => await rm(folder, { recursive: true, force: true }));
  return folder;
};

/** A disk of its own, for filling it; null where none is to be had, as mounting one needs root. */
export const smallDisk = async (kilobytes: number): Promise<string | null> => {
  const folder = await temporaryFolder();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    return null;
  }
  onTestFinished(() => {
    execFileSync('umount', ['-l', folder], { stdio: 'ignore' });
  });
  return folder;
};

/** A new lake, closed and removed when the test ends. */
export const temporaryLake = async (options: LakeOptions = {}): Promise<Lake> => {
  const lake = await openLake(join(await temporaryFolder(), 'lake'), { create: true, threads: 1, ...options });
  onTestFinished(() => lake.close());
  return lake;
};

/** Runs `work` on a new lake that is gone afterwards: for properties, which need one for each example. */
export const withLake = async <T>(
  options: LakeOptions,
  work: (lake: Lake, folder: string) => Promise<T>,
): Promise<T> => {
  const folder = await mkdtemp(join(tmpdir(), 'flowfit-lake-'));
  const lake = await openLake(join(folder, 'lake'), { create: true, threads: 1, ...options });
  try {
    return await work(lake, folder);
  } finally {
    lake.close();
    await rm(folder, { recursive: true, force: true });
  }
};
