/** Looks for files by a pattern, passing over nothing but what is hidden. */
import { type Dirent, readdir } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { type FileSystemAdapter, glob } from 'tinyglobby';
import { bytesOf, nameOf } from './names.ts';

/**
 * @param folder that patterns are relative to, as the results are; a path made of names as `nameOf` gives them
 * @returns files, folders that cannot be listed, and what else goes by a name and may not be readable
 */
export const filesMatching = async (pattern: string, folder: string): Promise<string[]> => {
  const unreadable: string[] = [];
  const names = await glob(pattern, {
    cwd: folder,
    onlyFiles: true,
    dot: false,
    expandDirectories: true,
    // Links are resolved below: the library passes over what it takes for a loop, and over links that lead nowhere.
    followSymbolicLinks: false,
    fs: { readdir: lister((path) => unreadable.push(path)) } as FileSystemAdapter,
  });
  return [...names, ...unreadable.map((path) => relative(folder, path))];
};

type Done = (error: NodeJS.ErrnoException | null, entries: Partial<Dirent>[]) => void;

/** Lists folders as the library asks for it, each entry being a folder or else a file. */
const lister =
  (onUnreadable: (path: string) => void) =>
  (path: string, _: unknown, done: Done): void => {
    readdir(bytesOf(path), { withFileTypes: true, encoding: 'buffer' }, (error, entries) => {
      if (error === null) {
        Promise.all(entries.map((entry) => toEntry(path, entry as unknown as Dirent<Buffer>))).then(
          (all) => done(null, all),
          (failure) => done(failure, []),
        );
        return;
      }
      if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') onUnreadable(resolve(path));
      done(error, []);
    });
  };

const toEntry = async (folder: string, entry: Dirent<Buffer>): Promise<Partial<Dirent>> => {
  const name = nameOf(entry.name);
  const isFolder = entry.isSymbolicLink() ? await leadsDown(join(folder, name)) : entry.isDirectory();
  return { name, isDirectory: () => isFolder === true, isFile: () => isFolder === false, isSymbolicLink: () => false };
};

/** Whether a link leads to a folder; null when it is one of those in which the link lies, whose files are found anyway. */
const leadsDown = async (link: string): Promise<boolean | null> => {
  const found = await stat(bytesOf(link)).catch(() => null);
  if (found?.isDirectory() !== true) return false;
  const target = await realpath(bytesOf(link));
  for (let folder = dirname(link); ; folder = dirname(folder)) {
    if ((await realpath(bytesOf(folder))) === target) return null;
    if (folder === dirname(folder)) return true;
  }
};
