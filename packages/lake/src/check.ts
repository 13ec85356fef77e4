/**
 * Whether the files of a lake are what was written. Damaged records would give wrong numbers, and a missing file fewer,
 * so each file is looked at before it is read: the time and size that the manifest names, or else all its bytes.
 */
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { FlowfitError, messageOf } from '@flowfit/core/errors';
import { hashOfFile } from './durable.ts';
import type { LakeFile } from './manifest.ts';
import type { LakePaths } from './paths.ts';

/** What is wrong with a file; null = nothing. */
export type Damage = 'missing' | 'changed' | 'unreadable' | null;

/** Remembers, for a process, which files were found whole. */
export class FileChecker {
  readonly #root: string;
  /** Files of another time than the manifest says, whose bytes are right: by path, size and time. */
  readonly #hashed = new Map<string, string>();

  constructor(root: string) {
    this.#root = root;
  }

  /** @throws FlowfitError `lake-file-missing`, `lake-file-damaged`, `lake-unreadable` */
  async check(files: readonly LakeFile[]): Promise<void> {
    for (const file of files) {
      const damage = await this.damageOf(file);
      if (damage !== null) throw damageError(join(this.#root, file.path), damage);
    }
  }

  /** @param isThorough looks at the bytes also where size and time are right */
  async damageOf(file: LakeFile, isThorough = false): Promise<Damage> {
    const path = join(this.#root, file.path);
    const state = stateOf(path);
    if (typeof state === 'string') return state;
    // Of a lake that was not described yet nothing is known.
    if (file.sha256 === '') return null;
    if (state.bytes !== file.bytes) return 'changed';
    if (state.modified === file.modified && !isThorough) return null;
    const key = `${state.modified} ${file.sha256}`;
    if (this.#hashed.get(file.path) === key && !isThorough) return null;
    if ((await hashOfFile(path).catch(() => null)) !== file.sha256) return 'changed';
    this.#hashed.set(file.path, key);
    return null;
  }
}

/** The text of a small file, whose bytes are checked whatever its time. @throws FlowfitError as `FileChecker.check` */
export const readChecked = ({ root }: LakePaths, file: LakeFile): string => {
  const path = join(root, file.path);
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw damageError(path, (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'missing' : 'unreadable', error);
  }
  const isWhole = file.sha256 === '' || createHash('sha256').update(bytes).digest('hex') === file.sha256;
  if (!isWhole) throw damageError(path, 'changed');
  return bytes.toString('utf8');
};

const stateOf = (path: string): { bytes: number; modified: string } | 'missing' | 'unreadable' => {
  try {
    const { size, mtimeNs } = statSync(path, { bigint: true });
    return { bytes: Number(size), modified: String(mtimeNs) };
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'missing' : 'unreadable';
  }
};

/** `YYYY-MM-DD`; null for a file of no day. */
export const dayInPath = (path: string): string | null => /day=(\d{4}-\d{2}-\d{2})/.exec(path)?.[1] ?? null;

const damageError = (path: string, damage: Exclude<Damage, null>, cause?: unknown): FlowfitError => {
  const day = dayInPath(path);
  const where = day === null ? path : `${path} (of ${day})`;
  const remedy =
    'Run "flowfit lake repair": it takes out what is damaged, and says what to ingest again. Other days can be read meanwhile, with --from and --to.';
  if (damage === 'missing')
    return new FlowfitError('lake-file-missing', `${where} is missing from the lake. ${remedy}`);
  if (damage === 'changed') {
    return new FlowfitError('lake-file-damaged', `${where} is not what was written there. ${remedy}`);
  }
  return new FlowfitError(
    'lake-unreadable',
    `${where} cannot be read${cause === undefined ? '' : `: ${messageOf(cause)}`}. Check its permissions.`,
  );
};
