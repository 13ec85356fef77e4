/**
 * Inventory snapshots in a bucket: `<prefix><captured-at>.json`, the files that a lake's timeline reads, and a copy of
 * the newest under one name that never changes, so that a reader asks for it by ETag without listing.
 */
import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { FlowfitError } from '@flowfit/core/errors';
import type { InventorySnapshot } from '@flowfit/core/inventory/model';
import { parseSnapshot, serializeSnapshot } from '@flowfit/core/inventory/snapshot';

export interface SnapshotPlace {
  readonly bucket: string;
  /** Empty, or ends with `/`. */
  readonly prefix: string;
}

export interface StoredSnapshot {
  readonly snapshot: InventorySnapshot;
  readonly etag: string;
}

const NEWEST = 'newest.json';

/** The newest snapshot; `unchanged` when it is still the one of `etag`, null when there is none yet. */
export async function readNewestSnapshot(
  client: Pick<S3Client, 'send'>,
  { bucket, prefix }: SnapshotPlace,
  etag: string | null,
): Promise<StoredSnapshot | 'unchanged' | null> {
  const key = `${prefix}${NEWEST}`;
  const command = new GetObjectCommand({ Bucket: bucket, Key: key, ...(etag === null ? {} : { IfNoneMatch: etag }) });
  try {
    const { Body, ETag } = await client.send(command);
    const parsed = parseSnapshot((await Body?.transformToString('utf8')) ?? '');
    if (!parsed.ok) throw new FlowfitError(parsed.error.code, `s3://${bucket}/${key}: ${parsed.error.message}`);
    return { snapshot: parsed.snapshot, etag: ETag ?? '' };
  } catch (error) {
    const { name, $metadata } = error as { name?: string; $metadata?: { httpStatusCode?: number } };
    if ($metadata?.httpStatusCode === 304) return 'unchanged';
    if (name === 'NoSuchKey') return null;
    throw error;
  }
}

/** Writes a snapshot under its time, then as the newest. Returns the key of the former. */
export async function writeSnapshot(
  client: Pick<S3Client, 'send'>,
  { bucket, prefix }: SnapshotPlace,
  snapshot: InventorySnapshot,
): Promise<string> {
  const body = serializeSnapshot(snapshot);
  const key = `${prefix}${snapshotFileName(snapshot.capturedAt)}`;
  for (const Key of [key, `${prefix}${NEWEST}`]) {
    await client.send(new PutObjectCommand({ Bucket: bucket, Key, Body: body, ContentType: 'application/json' }));
  }
  return key;
}

/** As a lake names them; names sort by time. */
const snapshotFileName = (capturedAt: string): string => `${capturedAt.replaceAll(/[-:]/g, '')}.json`;
