/** From what a person names (files, folders, globs, `-`) to the objects to read. */
import { createReadStream, createWriteStream } from 'node:fs';
import { stat, symlink } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { FlowfitError } from '@flowfit/core/errors';
import { isDynamicPattern } from 'tinyglobby';
import { isLakeFolder } from '../meta.ts';
import { lakePaths } from '../paths.ts';
import { bytesOf, displayOf, isOdd, nameOf } from './names.ts';
import { filesMatching } from './walk.ts';

/** Something to read, in a file of its own. */
export interface InputObject {
  /** How people know it: the path as it was found, or `stdin`. */
  readonly source: string;
  /** Absolute, and text that DuckDB opens: of a file with an odd name, a link to it. */
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
 * neighbours in time are read together. Hidden files are left out. What cannot be read is among them, folders too: it
 * fails like any other object once it is its turn.
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
  const found = new Map<string, Found>();
  const leftOut = new Map<string, number>();
  const lakes = new LakeFinder();
  for (const input of new Set(inputs)) {
    const isNamed = (await statOf(input))?.isFile() === true;
    for (const one of await findIn(input, options)) {
      const lake = one.isSpooled ? null : await lakes.around(displayOf(one.path));
      if (lake === null) found.set(one.path, one);
      else if (isNamed) throw insideLake(input, lake);
      else leftOut.set(lake, (leftOut.get(lake) ?? 0) + 1);
    }
  }
  if (found.size === 0 && leftOut.size > 0) throw insideLake(inputs.join(', '), [...leftOut.keys()].join(', '));
  const sorted = [...found.values()].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  return {
    objects: await Promise.all(sorted.map((one, index) => toObject(one, join(options.scratch, `named-${index}`)))),
    leftOut: Array.from(leftOut, ([lake, files]) => ({ lake, files })),
  };
};

/** What a lake holds has been ingested already: read again, every record of it would count twice. */
const insideLake = (input: string, lake: string): FlowfitError =>
  new FlowfitError(
    'input-in-lake',
    `${input} is inside the lake ${lake}, so it holds what was ingested already. Name the flow logs themselves.`,
  );

/** A file by its absolute path, made of names as `nameOf` gives them. */
interface Found {
  readonly source: string;
  readonly path: string;
  /** Whether it is what a stream held, and no file of the person's. */
  readonly isSpooled: boolean;
}

const findIn = async (
  input: string,
  { stdin, scratch }: { readonly stdin?: Readable | undefined; readonly scratch: string },
): Promise<Found[]> => {
  if (input === '-') return [await spool('stdin', stdin, join(scratch, 'stdin'))];
  const found = await statOf(input);
  if (found === null) return await absent(input);
  if (found.isDirectory()) return await filesIn(input);
  if (found.isFile()) return [toFound(nameOf(Buffer.from(input)))];
  // A pipe, as the shell makes of `<(zcat …)`.
  return [await spool(input, createReadStream(input), join(scratch, basename(input)))];
};

/** The files of a name that no file has. */
const absent = async (input: string): Promise<Found[]> => {
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

const filesIn = async (input: string): Promise<Found[]> => {
  const folder = nameOf(Buffer.from(input));
  const names = await filesMatching('**', resolve(folder));
  if (names.length === 0) {
    throw new FlowfitError('input-empty', `${input}: the folder holds no files. Name the folder with the flow logs.`);
  }
  return names.map((name) => toFound(join(folder, name)));
};

const matchesOf = async (pattern: string): Promise<Found[]> => {
  const names = await filesMatching(pattern, nameOf(Buffer.from(process.cwd())));
  if (names.length === 0) throw new FlowfitError('input-missing', `${pattern}: no file matches. Check the pattern.`);
  return names.map(toFound);
};

const toFound = (path: string): Found => ({ source: displayOf(path), path: resolve(path), isSpooled: false });

/** @param link where a link may be made */
const toObject = async ({ source, path }: Found, link: string): Promise<InputObject> => {
  const file = bytesOf(path);
  // What cannot even be looked at has no size yet; reading it says why.
  const bytes = await stat(file).then(
    ({ size }) => size,
    () => 0,
  );
  if (!isOdd(path)) return { source, path, bytes };
  await symlink(file, link);
  return { source, path: link, bytes };
};

const statOf = async (path: string) =>
  await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
    throw new FlowfitError('input-unreadable', `${path} cannot be read: ${error.message}. Check its permissions.`);
  });

/** A stream can be read once only, and an object is read several times: kept in a file meanwhile. */
const spool = async (source: string, stream: Readable | undefined, path: string): Promise<Found> => {
  if (stream === undefined) throw new FlowfitError('input-missing', '- stands for standard input, and there is none.');
  await pipeline(stream, createWriteStream(path));
  return { source, path: nameOf(Buffer.from(path)), isSpooled: true };
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
