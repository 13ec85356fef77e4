/** One MMDB file in memory. */
import { readFileSync } from 'node:fs';
import { Reader, type Response } from 'mmdb-lib';
import { GeoDatabaseError } from './error.ts';
import { type GeoRecord, toLocation } from './shape.ts';

export interface MmdbFile {
  readonly path: string;
  readonly metadata: Reader<Response>['metadata'];
  /** The record of an address; the same object for the same record while it is cached. */
  readonly get: (address: string) => GeoRecord | null;
}

/** Stands before the metadata, which the format puts into the last 128 KiB. */
const METADATA_MARKER = Buffer.from('\xab\xcd\xefMaxMind.com', 'latin1');
const METADATA_SPACE = 128 * 1024;

/** Records decoded lately. Traffic repeats places, and a bound keeps a scan of the whole internet small. */
const CACHE_LIMIT = 50_000;

const createCache = () => {
  const records = new Map<string | number, unknown>();
  return {
    get: (key: string | number): unknown => records.get(key),
    set: (key: string | number, value: unknown): void => {
      if (records.size >= CACHE_LIMIT) records.clear();
      records.set(key, value);
    },
  };
};

/** Reads a file once and for all. Throws a `GeoDatabaseError` that names the file and the remedy. */
export const openMmdb = (path: string): MmdbFile => {
  const content = readContent(path);
  if (content.subarray(-METADATA_SPACE).lastIndexOf(METADATA_MARKER) < 0) throw notMmdb(path);
  let reader: Reader<Response>;
  try {
    reader = new Reader<Response>(content, { cache: createCache() });
  } catch (cause) {
    throw notMmdb(path, cause);
  }
  const file: MmdbFile = {
    path,
    metadata: reader.metadata,
    get: (address) => reader.get(address) as unknown as GeoRecord | null,
  };
  refuseUnknownShape(file);
  return file;
};

const readContent = (path: string): Buffer => {
  try {
    return readFileSync(path);
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : (cause as Error).message;
    throw new GeoDatabaseError('geo-file-missing', `Cannot read the geography database ${path}: ${why}.`, { cause });
  }
};

const notMmdb = (path: string, cause?: unknown): GeoDatabaseError =>
  new GeoDatabaseError(
    'geo-not-mmdb',
    `${path} is no MMDB file, or was cut off: download it again, unpacked (GeoLite2-City.mmdb, not .tar.gz or .csv).`,
    { cause },
  );

/** Some addresses of every /8, and of the blocks of the registries: enough to meet a record of any public database. */
const sample = function* (ipVersion: number): Generator<string> {
  for (let first = 1; first < 224; first++) yield* [`${first}.8.8.8`, `${first}.128.0.1`, `${first}.2.69.142`];
  if (ipVersion === 4) return;
  for (let second = 0; second < 0x1000; second += 0x10)
    yield* [`2001:${second.toString(16)}::1`, `2a00:${second.toString(16)}::1`];
};

/** A database that holds other things (ASN, domains) must be refused when it is opened, not be silently useless. */
const refuseUnknownShape = (file: MmdbFile): void => {
  let keys: string[] | null = null;
  for (const address of sample(file.metadata.ipVersion)) {
    const record = getOrRefuse(file, address);
    if (record === null) continue;
    if (toLocation(record) !== undefined) return;
    keys ??= Object.keys(record);
  }
  if (keys === null) return;
  throw new GeoDatabaseError(
    'geo-unknown-shape',
    `${file.path} (${file.metadata.databaseType}) holds no geography: its records have ${keys.join(', ') || 'no keys'}. ` +
      'Use a city or country database, such as GeoLite2-City.mmdb.',
  );
};

/** A damaged file shows at its first look-ups: pointers that lead outside. */
const getOrRefuse = (file: MmdbFile, address: string): GeoRecord | null => {
  try {
    return file.get(address);
  } catch (cause) {
    throw notMmdb(file.path, cause);
  }
};
