/**
 * Which files a lake consists of: `manifest.json`.
 *
 * Every commit writes it anew, by rename: that is the moment at which the commit is seen. A reader takes one manifest and
 * reads the files that it names, so all its questions are about one state, whatever a writer does meanwhile. A file that
 * is not named is not in the lake.
 *
 * Each file is named with its size, the SHA-256 of its bytes, and its time of modification. A file whose size and time
 * are those of the manifest is taken for whole; of any other the bytes are checked, once in a process (a copied lake has
 * other times, and is whole).
 */
import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { FlowfitError } from '@flowfit/core/errors';
import { writeDurably } from './durable.ts';
import type { LakePaths } from './paths.ts';

/** Version of the layout of files and columns. Older lakes are migrated by the first writer, newer ones refused. */
export const LAKE_SCHEMA = 3;

export interface LakeFile {
  /** Relative to the lake, with `/`. */
  readonly path: string;
  readonly bytes: number;
  /** Hexadecimal; empty in lakes that no manifest described yet. */
  readonly sha256: string;
  /** Time of modification, nanoseconds since 1970 as a decimal number. */
  readonly modified: string;
  /** Of a Parquet file; else null. */
  readonly rows: number | null;
  /** Of `flows/` and `coverage/`: the batches whose records are in it, which are those of the ledger. */
  readonly batches: readonly string[];
}

/** A file that a later state has no more, kept for those who read an earlier one. */
interface Superseded {
  readonly path: string;
  /** The first version without it. */
  readonly version: number;
}

export interface Manifest {
  readonly schema: number;
  /** Counts the commits. */
  readonly version: number;
  readonly createdAt: string;
  /** Which hash functions made the hashes in the lake, see `probeHash`: those of two versions compare only while it is the same. */
  readonly hashProbe: string;
  /** By path. */
  readonly files: readonly LakeFile[];
  /** Days whose roll-up is older than their records, as `day=YYYY-MM-DD`. */
  readonly dirty: readonly string[];
  /** The earliest day that was not pruned, as `YYYY-MM-DD`; null where nothing was. */
  readonly prunedBefore: string | null;
  readonly superseded: readonly Superseded[];
}

/** Size of files together. */
export const bytesOf = (files: readonly Pick<LakeFile, 'bytes'>[]): number =>
  files.reduce((sum, { bytes }) => sum + bytes, 0);

export const manifestText = (manifest: Manifest): string => {
  const body = JSON.stringify(manifest);
  return `{"sha256":"${sha256(body)}","manifest":${body}}\n`;
};

/** The manifest of a text; null where it is not what was written. */
export const parseManifest = (text: string): Manifest | null => {
  const match = /^\{"sha256":"([0-9a-f]{64})","manifest":(.*)\}\n$/s.exec(text);
  if (match === null || sha256(match[2] ?? '') !== match[1]) return null;
  return JSON.parse(match[2] ?? '') as Manifest;
};

/** @throws FlowfitError `lake-damaged`, `lake-newer` */
export const readManifest = async (paths: LakePaths): Promise<Manifest> => {
  const text = await readFile(paths.manifest, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw manifestDamaged(paths, error.code === 'ENOENT' ? 'is missing' : `cannot be read: ${error.message}`);
  });
  const manifest = parseManifest(text);
  if (manifest === null) throw manifestDamaged(paths, 'is not what was written');
  if (manifest.schema > LAKE_SCHEMA) throw lakeNewer(paths, manifest.schema);
  return manifest;
};

/** Twice, so that damage of one file cannot lose what the others are. */
export const publishManifest = async (paths: LakePaths, text: string): Promise<void> => {
  await writeDurably(paths.manifest, text);
  await writeDurably(paths.manifestCopy, text);
};

/** What tells two versions apart without reading them whole. @returns null where there is none */
export const versionOnDisk = (paths: LakePaths): number | null => {
  const beginning = Buffer.alloc(200);
  try {
    const file = openSync(paths.manifest, 'r');
    try {
      readSync(file, beginning);
    } finally {
      closeSync(file);
    }
  } catch {
    return null;
  }
  const version = /"version":(\d+)/.exec(beginning.toString())?.[1];
  return version === undefined ? null : Number(version);
};

export const lakeNewer = (paths: LakePaths, schema: number): FlowfitError =>
  new FlowfitError(
    'lake-newer',
    `The lake ${paths.root} has schema ${schema}, written by a newer Flowfit; this one reads up to ${LAKE_SCHEMA}. Update Flowfit.`,
  );

const manifestDamaged = (paths: LakePaths, how: string): FlowfitError =>
  new FlowfitError('lake-damaged', `${paths.manifest} ${how}. Run "flowfit lake repair", which has a copy of it.`);

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
