/** Export: one state of a lake as a lake in another folder, also while a writer works. */
import { constants, existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { FlowfitError, messageOf } from '@flowfit/core/errors';
import { describeFile } from '../commit.ts';
import { syncFile } from '../durable.ts';
import type { Lake } from '../lake.ts';
import { bytesOf, type LakeFile, manifestText, publishManifest } from '../manifest.ts';
import { writeMeta } from '../meta.ts';
import { lakePaths } from '../paths.ts';

/** The document of `lake export --json`. */
export interface ExportReport {
  readonly schema: 'flowfit.lake-export/1';
  readonly to: string;
  readonly files: number;
  readonly bytes: number;
}

/** Stands in the folder until all is there: an export that was stopped is begun again. */
const MARKER = 'unfinished-export';

/** @throws FlowfitError `export-not-empty`, `export-unwritable`, `lake-file-missing`, `lake-file-damaged` */
export const exportLake = async (lake: Lake, folder: string, signal?: AbortSignal): Promise<ExportReport> => {
  const paths = lakePaths(resolve(folder));
  await prepare(paths.root);
  const state = await lake.pin();
  try {
    const files: LakeFile[] = [];
    for (const file of state.manifest.files) {
      signal?.throwIfAborted();
      await state.checker.check([file]);
      files.push({ ...file, ...(await copy(join(state.dir, file.path), join(paths.root, file.path), file.sha256)) });
    }
    if (existsSync(state.paths.dismissals)) await copyFile(state.paths.dismissals, paths.dismissals);
    const manifest = { ...state.manifest, files, superseded: [] };
    await publishManifest(paths, manifestText(manifest));
    await writeMeta(paths, manifest);
    await rm(join(paths.root, MARKER));
    return {
      schema: 'flowfit.lake-export/1',
      to: paths.root,
      files: files.length,
      bytes: bytesOf(files),
    };
  } finally {
    await state.release();
  }
};

const prepare = async (root: string): Promise<void> => {
  try {
    await mkdir(root, { recursive: true });
    const names = await readdir(root);
    if (names.length > 0 && !names.includes(MARKER)) {
      throw new FlowfitError(
        'export-not-empty',
        `${root} is not empty. Name a folder that is, or one that is not there yet.`,
      );
    }
    // What an export that was stopped has copied may be of another state.
    for (const name of names) if (name !== MARKER) await rm(join(root, name), { recursive: true });
    await writeFile(join(root, MARKER), '');
  } catch (error) {
    if (error instanceof FlowfitError) throw error;
    throw new FlowfitError('export-unwritable', `${root} cannot be written: ${messageOf(error)}. Name another folder.`);
  }
};

/** The copy is read again: a lake must not hand on what its disk did not keep. */
const copy = async (
  from: string,
  to: string,
  sha256: string,
): Promise<Pick<LakeFile, 'bytes' | 'sha256' | 'modified'>> => {
  await mkdir(dirname(to), { recursive: true });
  await copyFile(from, to, constants.COPYFILE_FICLONE);
  await syncFile(to);
  const copied = await describeFile(to);
  if (sha256 !== '' && copied.sha256 !== sha256) {
    throw new FlowfitError(
      'lake-file-damaged',
      `${from} is not what was written there. Run "flowfit lake repair" first.`,
    );
  }
  return copied;
};
