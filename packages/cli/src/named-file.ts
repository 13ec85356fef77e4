/** Files that people name: what cannot be read or written is said with the name they gave, and what to do. */
import { readFile, writeFile } from 'node:fs/promises';
import { CliError } from './errors.ts';
import type { Shell } from './shell.ts';

/** @throws CliError with this code */
export const readNamed = async (shell: Shell, file: string, code: string): Promise<string> => {
  try {
    return await readFile(shell.path(file), 'utf8');
  } catch (error) {
    const { code: cause, message } = error as NodeJS.ErrnoException;
    const isMissing = cause === 'ENOENT' || cause === 'ENOTDIR';
    throw new CliError(code, `${file}: ${isMissing ? 'there is no such file' : message}.`, {
      remedy: 'Check the path.',
    });
  }
};

export interface Written {
  /** Such as `The report`. */
  readonly what: string;
  readonly text: string;
  /** Where it cannot be written. */
  readonly remedy: string;
}

/** Writes it and says so. @throws CliError `output-unwritable` */
export const writeNamed = async (shell: Shell, file: string, { what, text, remedy }: Written): Promise<void> => {
  const path = shell.path(file);
  await writeFile(path, text).catch((error: unknown) => {
    throw unwritable(what, path, error, remedy);
  });
  await shell.note(`Wrote ${shell.shownPath(path)}.`);
};

export const unwritable = (what: string, path: string, error: unknown, remedy: string): CliError =>
  new CliError(
    'output-unwritable',
    `${what} cannot be written to ${path} (${(error as NodeJS.ErrnoException).code}).`,
    {
      remedy,
    },
  );
