/** Where error objects are: a folder on this machine, or a bucket. */
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { gunzipSync } from 'node:zlib';
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  type S3Client,
} from '@aws-sdk/client-s3';

/**
 * A place that holds error objects. What was sent again is moved under `replayed/`, so that a second run does not send
 * it again; what must not be sent is left under `kept/`. Nothing is deleted.
 */
export interface FailureStore {
  /** Names of the objects to be replayed, in order. */
  readonly list: () => AsyncIterable<string>;
  readonly read: (name: string) => Promise<string>;
  /** Files the object away; `kept` are its lines that were not sent. */
  readonly settle: (name: string, kept: readonly string[]) => Promise<void>;
}

const SETTLED = /^(replayed|kept)\//;

const decode = (bytes: Buffer): string =>
  (bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes).toString('utf8');

const encode = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');

export function openFailureFolder(folder: string): FailureStore {
  return {
    list: async function* () {
      const entries = await readdir(folder, { recursive: true, withFileTypes: true });
      const names = entries
        .filter((entry) => entry.isFile())
        .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'));
      yield* names.filter((name) => !SETTLED.test(name)).sort();
    },
    read: async (name) => decode(await readFile(join(folder, name))),
    settle: async (name, kept) => {
      await put(join(folder, 'kept', name), kept);
      const target = join(folder, 'replayed', name);
      await mkdir(dirname(target), { recursive: true });
      await rename(join(folder, name), target);
    },
  };
}

/** Written aside and renamed: an interrupted run leaves the whole of it or nothing. */
async function put(path: string, lines: readonly string[]): Promise<void> {
  if (lines.length === 0) return;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.part`, encode(lines));
  await rename(`${path}.part`, path);
}

/** `prefix` is empty or ends with `/`. */
export function openFailureBucket(client: S3Client, Bucket: string, prefix: string): FailureStore {
  return {
    list: async function* () {
      for await (const page of paginateListObjectsV2({ client }, { Bucket, Prefix: prefix })) {
        for (const { Key } of page.Contents ?? []) {
          const name = Key?.slice(prefix.length);
          if (name && !SETTLED.test(name)) yield name;
        }
      }
    },
    read: async (name) => {
      const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: `${prefix}${name}` }));
      return decode(Buffer.from((await Body?.transformToByteArray()) ?? []));
    },
    settle: async (name, kept) => {
      if (kept.length > 0) {
        await client.send(new PutObjectCommand({ Bucket, Key: `${prefix}kept/${name}`, Body: encode(kept) }));
      }
      const CopySource = `${Bucket}/${encodeURIComponent(`${prefix}${name}`)}`;
      await client.send(new CopyObjectCommand({ Bucket, CopySource, Key: `${prefix}replayed/${name}` }));
      await client.send(new DeleteObjectCommand({ Bucket, Key: `${prefix}${name}` }));
    },
  };
}
