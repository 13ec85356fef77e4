/** What an object is, by its first bytes, never by its name. */
import { open } from 'node:fs/promises';
import { FlowfitError } from '@flowfit/core/errors';
import { gunzipped } from './gzip.ts';

export type ObjectKind =
  /** Lines of text or JSON. */
  { readonly kind: 'text'; readonly compression: 'gzip' | 'none' } | { readonly kind: 'parquet' };

/** Enough for a fair judgement of what is binary. */
const HEAD_BYTES = 65_536;

/** @throws FlowfitError `input-empty`, `input-binary`, `input-archive`, `input-unreadable` */
export const sniffObject = async (path: string, source: string): Promise<ObjectKind> => {
  const raw = await readHead(path, source);
  if (raw.length === 0) throw new FlowfitError('input-empty', `${source} is empty.`);
  if (raw.subarray(0, 4).toString('latin1') === 'PAR1') return { kind: 'parquet' };
  const archive = archiveOf(raw);
  if (archive !== null) {
    throw new FlowfitError(
      'input-archive',
      `${source} is ${archive}, which flow logs do not come in. Unpack it first.`,
    );
  }
  const compression = isGzip(raw) ? 'gzip' : 'none';
  const head = compression === 'gzip' ? await gunzipHead(path) : raw;
  if (isBinary(head)) {
    throw new FlowfitError('input-binary', `${source} holds binary data, not flow logs: not text, gzip or Parquet.`);
  }
  return { kind: 'text', compression };
};

export const isGzip = (head: Buffer): boolean => head[0] === 0x1f && head[1] === 0x8b;

const readHead = async (path: string, source: string): Promise<Buffer> => {
  try {
    const file = await open(path);
    try {
      const buffer = Buffer.alloc(HEAD_BYTES);
      const { bytesRead } = await file.read(buffer, 0, HEAD_BYTES, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw new FlowfitError(
      'input-unreadable',
      `${source} cannot be read: ${(error as Error).message}. Check its permissions.`,
      { cause: error },
    );
  }
};

/** The beginning of what is compressed; damage shows later, when all of it is read. */
const gunzipHead = async (path: string): Promise<Buffer> => {
  const parts: Buffer[] = [];
  let length = 0;
  try {
    for await (const part of gunzipped(path, HEAD_BYTES / 4)) {
      parts.push(part);
      length += part.length;
      if (length >= HEAD_BYTES) break;
    }
  } catch {
    // What was readable before the damage is what there is to judge by.
  }
  return Buffer.concat(parts);
};

const archiveOf = (head: Buffer): string | null => {
  const magic = head.subarray(0, 6).toString('hex');
  if (magic.startsWith('504b0304')) return 'a ZIP archive';
  if (magic.startsWith('28b52ffd')) return 'compressed with zstd';
  if (magic.startsWith('425a68')) return 'compressed with bzip2';
  if (magic.startsWith('fd377a585a00')) return 'compressed with xz';
  return null;
};

/** Text has no NUL bytes, and hardly any control characters. */
const isBinary = (head: Buffer): boolean => {
  let control = 0;
  for (const byte of head) {
    if (byte === 0) return true;
    if (byte < 32 && byte !== 9 && byte !== 10 && byte !== 13) control++;
  }
  return control > head.length / 20;
};
