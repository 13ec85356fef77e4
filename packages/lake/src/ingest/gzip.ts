/** How many bytes a gzip file holds. DuckDB stops at damage without a word: what it read is held against this. */
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';

/** Sizes are known modulo this only. */
export const GZIP_SIZE_MODULUS = 2 ** 32;

/**
 * The size that the last member states of itself: all of it when there is one member, which is the usual case and
 * costs nothing to find out.
 */
export const statedSize = async (path: string, bytes: number): Promise<number> => {
  const file = await open(path);
  try {
    const trailer = Buffer.alloc(4);
    await file.read(trailer, 0, 4, Math.max(0, bytes - 4));
    return trailer.readUInt32LE(0);
  } finally {
    await file.close();
  }
};

/** The size by decompressing it, checksums included; null when the data are damaged. */
export const measuredSize = async (path: string): Promise<number | null> => {
  let size = 0;
  try {
    const gunzip = createReadStream(path, { highWaterMark: 1 << 20 }).pipe(createGunzip({ chunkSize: 1 << 20 }));
    for await (const chunk of gunzip) size += (chunk as Buffer).length;
    return size;
  } catch {
    return null;
  }
};
