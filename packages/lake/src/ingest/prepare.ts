/** What has to be known of an object before it is read: its identity and its kind. */
import { stat } from 'node:fs/promises';
import { FlowfitError, messageOf } from '@flowfit/core/errors';
import { hashOfFile } from '../durable.ts';
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

/** @throws FlowfitError `input-unreadable` for what is no file, and the system's error for what cannot be read */
export const hashFile = async (path: string): Promise<string> => {
  const found = await stat(path);
  if (found.isDirectory()) {
    throw new FlowfitError('input-unreadable', `${path}: the folder cannot be listed. Check its permissions.`);
  }
  if (!found.isFile()) {
    throw new FlowfitError(
      'input-unreadable',
      `${path} is a pipe, a socket or a device. Name it by itself if flow logs are to be read from it.`,
    );
  }
  return await hashOfFile(path);
};

export const prepareObject = async (object: InputObject, sha256: string): Promise<PreparedObject> => ({
  ...object,
  sha256,
  kind: await sniffObject(object.path, object.source),
});

export const toFailure = (source: string, error: unknown): Failure => ({
  source,
  code: error instanceof FlowfitError ? error.code : 'input-unreadable',
  message:
    error instanceof FlowfitError
      ? error.message
      : `${source} cannot be read: ${messageOf(error)}. Check its permissions.`,
});

/** How many bytes of text an object holds, roughly: what batches are measured by. */
export const estimatedBytes = ({ bytes, kind }: PreparedObject): number =>
  kind.kind === 'parquet' ? bytes * 8 : kind.compression === 'gzip' ? bytes * 6 : bytes;
