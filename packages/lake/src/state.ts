/** What questions are asked of: one state of a lake, whatever a writer does meanwhile. */
import { type FileChecker, readChecked } from './check.ts';
import type { Database } from './database.ts';
import type { LakeFile, Manifest } from './manifest.ts';
import { type LakePaths, relativeTo } from './paths.ts';

/** One state of a lake, and a database to ask it. */
export interface LakeState {
  readonly dir: string;
  readonly paths: LakePaths;
  readonly db: Database;
  readonly now: () => Date;
  readonly manifest: Manifest;
  readonly checker: FileChecker;
}

/** The text of a small file of a state. @throws FlowfitError `lake-file-missing`, `lake-file-damaged`, `lake-unreadable` */
export const textOf = (lake: LakeState, file: LakeFile): string => readChecked(lake.paths, file);

/** The files of a folder that lie right in it, by name. */
export const filesIn = ({ manifest, paths }: LakeState, folder: 'rejects' | 'inventory' | 'sources'): LakeFile[] => {
  const prefix = `${relativeTo(paths, paths[folder])}/`;
  return manifest.files.filter(({ path }) => path.startsWith(prefix));
};
