/** Folders that a person named. */
import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Makes a folder and those above it. Not by Node's own `recursive`: where a file system refuses new folders as if the
 * one above were missing, as /proc does, Node 20 tries again for ever.
 */
export const makeFolders = async (path: string): Promise<void> => {
  try {
    await makeFolder(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    await makeFolders(dirname(path));
    await makeFolder(path);
  }
};

const makeFolder = async (path: string): Promise<void> => {
  try {
    await mkdir(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST' && (await stat(path)).isDirectory()) return;
    throw error;
  }
};
