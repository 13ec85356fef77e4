/**
 * Gzip files, checked. DuckDB reads over damage without a word: it looks at no checksum, and stops where it cannot go
 * on. So every gzip file is decompressed here too, and whatever is not as its members state is damage.
 *
 * A file is a row of members (RFC 1952): header, deflated data, checksum and size. Between and behind them may be zero
 * bytes, with which some programs fill up blocks. Members are taken apart here rather than by zlib's own reader of
 * gzip: that one keeps back what it decompressed last when it meets damage right behind it, and passes over members
 * behind zero bytes.
 */
import { type FileHandle, open } from 'node:fs/promises';
import { crc32, createInflateRaw } from 'node:zlib';

/** How many bytes a gzip file holds; null when it is damaged, be it in a checksum only. */
export const measuredSize = async (path: string): Promise<number | null> => {
  let size = 0;
  try {
    for await (const part of gunzipped(path, 1 << 20)) size += part.length;
    return size;
  } catch {
    return null;
  }
};

/**
 * What a gzip file holds, in parts. Fails at damage, after what could be read before it.
 *
 * @param step largest part in bytes: of damaged data the last part is lost
 */
export const gunzipped = async function* (path: string, step: number): AsyncGenerator<Buffer> {
  const file = await open(path);
  try {
    const bytes = new Bytes(file);
    while (!(await bytes.isAtEnd())) {
      await readHeader(bytes);
      yield* readMember(bytes, step);
      await bytes.skipZeros();
    }
  } finally {
    await file.close();
  }
};

const CUT_OFF = 'unexpected end of file';

/** The bytes of a file one after the other. */
class Bytes {
  readonly #file: FileHandle;
  #rest: Buffer = Buffer.alloc(0);

  constructor(file: FileHandle) {
    this.#file = file;
  }

  /** Some bytes; none at the end. */
  async some(): Promise<Buffer> {
    const bytes = this.#rest;
    if (bytes.length > 0) {
      this.#rest = bytes.subarray(bytes.length);
      return bytes;
    }
    const buffer = Buffer.allocUnsafe(1 << 18);
    return buffer.subarray(0, (await this.#file.read(buffer)).bytesRead);
  }

  /** Bytes that were taken too many come next again. */
  giveBack(bytes: Buffer): void {
    this.#rest = this.#rest.length === 0 ? bytes : Buffer.concat([bytes, this.#rest]);
  }

  async isAtEnd(): Promise<boolean> {
    const bytes = await this.some();
    this.giveBack(bytes);
    return bytes.length === 0;
  }

  async take(count: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    for (let missing = count; missing > 0; ) {
      const bytes = await this.some();
      if (bytes.length === 0) throw new Error(CUT_OFF);
      const part = bytes.subarray(0, missing);
      this.giveBack(bytes.subarray(part.length));
      parts.push(part);
      missing -= part.length;
    }
    return Buffer.concat(parts);
  }

  async skipZeros(): Promise<void> {
    for (let bytes = await this.some(); bytes.length > 0; bytes = await this.some()) {
      const from = bytes.findIndex((byte) => byte !== 0);
      if (from < 0) continue;
      this.giveBack(bytes.subarray(from));
      return;
    }
  }
}

/** Flags of a header. */
const HAS_CHECKSUM = 2;
const HAS_EXTRA = 4;
const HAS_NAME = 8;
const HAS_COMMENT = 16;
const RESERVED = 0xe0;

/** Reads over the header of a member. */
const readHeader = async (bytes: Bytes): Promise<void> => {
  let checksum = 0;
  const take = async (count: number): Promise<Buffer> => {
    const part = await bytes.take(count);
    checksum = crc32(part, checksum);
    return part;
  };
  const takeText = async (): Promise<void> => {
    while ((await take(1))[0] !== 0);
  };
  const fixed = await take(10);
  if (fixed.readUInt16BE(0) !== 0x1f8b) throw new Error('bytes that are no gzip data stand where a member would begin');
  if (fixed[2] !== 8) throw new Error('unknown compression method');
  const flags = fixed.readUInt8(3);
  if ((flags & RESERVED) !== 0) throw new Error('unknown header flags');
  if ((flags & HAS_EXTRA) !== 0) await take((await take(2)).readUInt16LE());
  if ((flags & HAS_NAME) !== 0) await takeText();
  if ((flags & HAS_COMMENT) !== 0) await takeText();
  if ((flags & HAS_CHECKSUM) === 0) return;
  const counted = checksum & 0xffff;
  if ((await bytes.take(2)).readUInt16LE() !== counted) throw new Error('the checksum of a header is another');
};

/** Decompresses a member behind its header, and checks it. */
const readMember = async function* (bytes: Bytes, step: number): AsyncGenerator<Buffer> {
  const inflate = createInflateRaw({ chunkSize: step });
  let checksum = 0;
  let size = 0;
  try {
    const fed = feed(inflate, bytes);
    for await (const part of inflate) {
      checksum = crc32(part as Buffer, checksum);
      size += (part as Buffer).length;
      yield part as Buffer;
    }
    await fed;
  } finally {
    inflate.destroy();
  }
  const trailer = await bytes.take(8);
  if (trailer.readUInt32LE(0) !== checksum) throw new Error('the checksum of the data is another');
  if (trailer.readUInt32LE(4) !== size % 2 ** 32) throw new Error('the size of the data is another');
};

/** Gives bytes to `inflate` as long as it takes any. Settles once it took its last one; never when it fails. */
const feed = async (inflate: ReturnType<typeof createInflateRaw>, bytes: Bytes): Promise<void> => {
  try {
    for (let given = 0; ; ) {
      const input = await bytes.some();
      if (input.length === 0) return void inflate.end();
      given += input.length;
      await new Promise<void>((resolve) => inflate.write(input, () => resolve()));
      const unused = given - inflate.bytesWritten;
      if (unused > 0) return bytes.giveBack(input.subarray(input.length - unused));
    }
  } catch (error) {
    inflate.destroy(error as Error);
  }
};
