/**
 * Whether a lake changed: a text that is equal as long as nothing was ingested, rolled up, captured or dismissed.
 * All of these add, replace or remove files, and the names of a handful of folders tell.
 */
import { createHash } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Lake } from '@flowfit/lake/lake';

export const revisionOf = async (lake: Lake): Promise<string> =>
  digest([await trafficRevisionOf(lake), await changeOf(join(lake.paths.root, 'dismissals.json'))]);

/** As `revisionOf`, of what analysis depends on: dismissing changes no verdict. */
export const trafficRevisionOf = async (lake: Lake): Promise<string> => {
  const { sources, inventory, dirty } = lake.paths;
  return digest(await Promise.all([namesIn(sources), namesIn(inventory), namesIn(dirty)]));
};

const digest = (state: unknown): string =>
  createHash('sha256').update(JSON.stringify(state)).digest('base64url').slice(0, 16);

const namesIn = async (folder: string): Promise<readonly string[]> =>
  (await readdir(folder).catch((): string[] => [])).sort();

const changeOf = async (path: string): Promise<number> => (await stat(path).catch(() => null))?.mtimeMs ?? 0;
