/** The reader of gzip against zlib's own: the same bytes, and damage wherever that one sees any. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32, gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../testing/temporary.ts';
import { gunzipped, measuredSize } from './gzip.ts';

/** A member with all that a header may have. */
const memberOf = (content: Uint8Array, level: number, flags: number): Buffer => {
  const plain = gzipSync(content, { level });
  const parts = [plain.subarray(0, 10)];
  if (flags & 4) parts.push(Buffer.from([3, 0, 0, 7, 9]));
  if (flags & 8) parts.push(Buffer.from('a name\0'));
  if (flags & 16) parts.push(Buffer.from('a comment\0'));
  const header = Buffer.concat(parts);
  header[3] = flags;
  const checksum = Buffer.alloc(flags & 2 ? 2 : 0);
  if (flags & 2) checksum.writeUInt16LE(crc32(header) & 0xffff);
  return Buffer.concat([header, checksum, plain.subarray(10)]);
};

const files = fc
  .array(
    fc
      .tuple(
        fc.oneof(
          fc.uint8Array({ maxLength: 300 }),
          fc.nat({ max: 5000 }).map((count) => Buffer.from('2 1111 eni-1 '.repeat(count))),
        ),
        fc.constantFrom(0, 1, 6, 9),
        fc.constantFrom(0, 1, 2, 4, 8, 16, 31),
      )
      .map(([content, level, flags]) => memberOf(content, level, flags)),
    { minLength: 1, maxLength: 4 },
  )
  .map((members) => Buffer.concat(members));

const damages = fc.oneof(
  fc.constant((file: Buffer) => file),
  fc.nat().map((bit) => (file: Buffer) => {
    const copy = Buffer.from(file);
    const index = (bit >> 3) % file.length;
    copy[index] = (copy[index] ?? 0) ^ (1 << (bit & 7));
    return copy;
  }),
  fc.nat().map((at) => (file: Buffer) => file.subarray(0, 1 + (at % file.length))),
  fc.constant((file: Buffer) => Buffer.concat([file, Buffer.from('\r\n')])),
  fc.constant((file: Buffer) => Buffer.concat([file, Buffer.alloc(700)])),
);

const gunzipOrNull = (bytes: Buffer): Buffer | null => {
  try {
    return gunzipSync(bytes);
  } catch {
    return null;
  }
};

it('gives what gunzip gives, and fails where it fails', async () => {
  const path = join(await temporaryFolder(), 'a.gz');
  await fc.assert(
    fc.asyncProperty(files, damages, async (file, damage) => {
      const bytes = damage(file);
      await writeFile(path, bytes);
      const expected = gunzipOrNull(bytes);
      expect(await measuredSize(path)).toBe(expected?.length ?? null);
      if (expected === null) return;
      const parts: Buffer[] = [];
      for await (const part of gunzipped(path, 1 << 14)) parts.push(part);
      expect(Buffer.concat(parts).equals(expected)).toBe(true);
    }),
    { numRuns: 300 },
  );
});
