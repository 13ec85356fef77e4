/** From what a person names (files, folders, globs, `-`) to the objects to read. */
import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { FlowfitError } from '@flowfit/core/errors';
import { glob, isDynamicPattern } from 'tinyglobby';
import { isLakeFolder } from '../meta.ts';
import { lakePaths } from '../paths.ts';

/** Something to read, in a file of its own. */
export interface InputObject {
  /** How people know it: the path as it was found, or `stdin`. */
  readonly source: string;
  /** Absolute. */
  readonly path: string;
  readonly bytes: number;
}

export interface Discovered {
  readonly objects: readonly InputObject[];
  /** Lakes that were come across, with how many of their files were left out. */
  readonly leftOut: readonly { readonly lake: string; readonly files: number }[];
}

/**
 * All files that the inputs name, each once, sorted by path: the names of AWS's log files begin with their time, so
 * neighbours in time are read together. Hidden files are left out.
 *
 * The files of a lake, this one or another, are left out as well: the default lake lies in the current folder, and so
 * do the logs of those who ingest `.`.
 *
 * @throws FlowfitError `input-missing`, `input-unreadable`, `input-unsupported`, `input-in-lake`
 */
export const discoverObjects = async (
  inputs: readonly string[],
  options: { readonly stdin?: Readable | undefined; readonly scratch: string },
): Promise<Discovered> => {
  const objects = new Map<string, InputObject>();
  const leftOut = new Map<string, number>();
  const lakes = new LakeFinder();
  for (const input of new Set(inputs)) {
    const isNamed = (await statOf(input))?.isFile() === true;
    for (const object of await objectsOf(input, options)) {
      const lake = input === '-' ? null : await lakes.around(object.path);
      if (lake === null) objects.set(object.path, object);
      else if (isNamed) throw insideLake(input, lake);
      else leftOut.set(lake, (leftOut.get(lake) ?? 0) + 1);
    }
  }
  if (objects.size === 0 && leftOut.size > 0) throw insideLake(inputs.join(', '), [...leftOut.keys()].join(', '));
  return {
    objects: [...objects.values()].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0)),
    leftOut: Array.from(leftOut, ([lake, files]) => ({ lake, files })),
  };
};

/** What a lake holds has been ingested already: read again, every record of it would count twice. */
const insideLake = (input: string, lake: string): FlowfitError =>
  new FlowfitError(
    'input-in-lake',
    `${input} is inside the lake ${lake}, so it holds what was ingested already. Name the flow logs themselves.`,
  );

const objectsOf = async (
  input: string,
  { stdin, scratch }: { readonly stdin?: Readable | undefined; readonly scratch: string },
): Promise<InputObject[]> => {
  if (input === '-') return [await spool(stdin, join(scratch, 'stdin'))];
  const found = await statOf(input);
  if (found === null) return await absent(input);
  if (found.isDirectory()) return await filesIn(input);
  if (found.isFile()) return [{ source: input, path: resolve(input), bytes: found.size }];
  // A pipe, as the shell makes of `<(zcat …)`.
  return [{ ...(await spool(createReadStream(input), join(scratch, basename(input)))), source: input }];
};

/** The objects of a name that no file has. */
const absent = async (input: string): Promise<InputObject[]> => {
  const scheme = /^([a-z][a-z0-9+]+):/i.exec(input)?.[1];
  if (scheme !== undefined) {
    throw new FlowfitError(
      'input-unsupported',
      `${input}: ${scheme} sources cannot be read directly yet. Copy the objects first, for example with "aws s3 sync", and name the folder.`,
    );
  }
  if (isDynamicPattern(input)) return await matchesOf(input);
  throw new FlowfitError('input-missing', `${input}: there is no such file or folder. Check the path.`);
};

const filesIn = async (folder: string): Promise<InputObject[]> => {
  const names = await glob('**', { cwd: resolve(folder), onlyFiles: true, dot: false, expandDirectories: false });
  if (names.length === 0) {
    throw new FlowfitError('input-empty', `${folder}: the folder holds no files. Name the folder with the flow logs.`);
  }
  return await Promise.all(names.map((name) => toObject(join(folder, name))));
};

const matchesOf = async (pattern: string): Promise<InputObject[]> => {
  const names = await glob(pattern, { onlyFiles: true, dot: false, expandDirectories: true });
  if (names.length === 0) throw new FlowfitError('input-missing', `${pattern}: no file matches. Check the pattern.`);
  return await Promise.all(names.map(toObject));
};

const toObject = async (source: string): Promise<InputObject> => ({
  source,
  path: resolve(source),
  bytes: (await stat(source)).size,
});

const statOf = async (path: string) =>
  await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
    throw new FlowfitError('input-unreadable', `${path} cannot be read: ${error.message}. Check its permissions.`);
  });

/** A stream can be read once only, and an object is read several times: kept in a file meanwhile. */
const spool = async (stdin: Readable | undefined, path: string): Promise<InputObject> => {
  if (stdin === undefined) throw new FlowfitError('input-missing', '- stands for standard input, and there is none.');
  await pipeline(stdin, createWriteStream(path));
  return { source: 'stdin', path, bytes: (await stat(path)).size };
};

/** Which lake a file belongs to: the nearest folder above it that is one, if the file is where lakes keep theirs. */
class LakeFinder {
  readonly #known = new Map<string, string | null>();

  async around(path: string): Promise<string | null> {
    const lake = await this.#lakeAbove(path);
    return lake !== null && isOwnPath(lake, path) ? lake : null;
  }

  async #lakeAbove(path: string): Promise<string | null> {
    const folder = dirname(path);
    const known = this.#known.get(folder);
    if (known !== undefined) return known;
    const isRoot = folder === path;
    const lake = (await isLakeFolder(folder)) ? folder : isRoot ? null : await this.#lakeAbove(folder);
    this.#known.set(folder, lake);
    return lake;
  }
}

/** What else lies in the folder of a lake, as the sample of the demo does, is not the lake's. */
const isOwnPath = (lake: string, path: string): boolean => {
  const rest = relative(lake, path).split(sep);
  const own = Object.values(lakePaths(lake)).map((known) => relative(lake, known));
  return rest.length === 1 || own.includes(rest[0] ?? '');
};
