/** What has to be known of an object before it is read: its identity and its kind. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { FlowfitError, messageOf } from '@flowfit/core/errors';
import type { Layout } from '@flowfit/core/flow/format';
import type { InputObject } from './discover.ts';
import { type ObjectKind, sniffObject } from './sniff.ts';

export interface PreparedObject extends InputObject {
  /** Of the bytes as they are stored, hexadecimal. */
  readonly sha256: string;
  readonly kind: ObjectKind;
}

/** An object that gives nothing. */
export interface Failure {
  readonly source: string;
  readonly code: string;
  readonly message: string;
}

export const hashFile = async (path: string): Promise<string> => {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  return hash.digest('hex');
};

/** @param initial layout of text without a header */
export const prepareObject = async (object: InputObject, sha256: string, initial: Layout): Promise<PreparedObject> => ({
  ...object,
  sha256,
  kind: await sniffObject(object.path, object.source, initial),
});

export const toFailure = (source: string, error: unknown): Failure => ({
  source,
  code: error instanceof FlowfitError ? error.code : 'input-unreadable',
  message: messageOf(error),
});

/** How many bytes of text an object holds, roughly: what batches are measured by. */
export const estimatedBytes = ({ bytes, kind }: PreparedObject): number =>
  kind.kind === 'parquet' ? bytes * 8 : kind.compression === 'gzip' ? bytes * 6 : bytes;
