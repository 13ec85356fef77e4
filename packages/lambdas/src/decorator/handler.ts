/** The function `decorator` as Lambda loads it: its configuration and clients, made once, and its handler. */
import { existsSync, readdirSync, renameSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { findInterfaces } from '@flowfit/aws/ec2/capture';
import { createEc2Client } from '@flowfit/aws/ec2/client';
import { readNewestSnapshot } from '@flowfit/aws/s3/snapshots';
import type { Locate } from '@flowfit/core/enrich/location';
import { messageOf } from '@flowfit/core/errors';
import { openGeoDatabase } from '@flowfit/geo/database';
import { ConfigurationError, oneOf, optional, required } from '../environment.ts';
import { powertools } from '../telemetry.ts';
import type { TransformResponse } from './contract.ts';
import { createDecorator } from './decorate.ts';
import { cacheLocations, type GeographySource, parseGeographySource } from './geography.ts';
import { Inventory } from './inventory.ts';
import { parseFormats } from './layouts.ts';

const { env } = process;
const { log, count, flush } = powertools('decorator');

const place = { bucket: required(env, 'INVENTORY_BUCKET'), prefix: optional(env, 'INVENTORY_PREFIX') ?? 'inventory/' };
const s3 = new S3Client({});
// A transform must not wait for a throttled EC2: records go on without groups, and the look-up rests.
const ec2 = createEc2Client({ maxAttempts: 2 });

const inventory = new Inventory({
  readNewest: (etag) => readNewestSnapshot(s3, place, etag),
  findInterfaces: (ids) => findInterfaces(ec2, ids),
  now: Date.now,
  log,
  count,
});

const decorate = createDecorator(
  {
    layouts: parseFormats(optional(env, 'FLOW_LOG_FORMAT') ?? ''),
    noData: oneOf(env, 'NO_DATA', ['drop', 'keep'], 'drop'),
    skipData: oneOf(env, 'SKIP_DATA', ['drop', 'keep'], 'keep'),
  },
  { inventory, locate: await openGeography(geographySource()), log, count },
);

export async function handler(event: unknown): Promise<TransformResponse> {
  try {
    return await decorate(event);
  } finally {
    flush();
  }
}

function geographySource(): GeographySource {
  const text = optional(env, 'GEOGRAPHY') ?? 'none';
  const source = parseGeographySource(text);
  if (!source) throw new ConfigurationError(`GEOGRAPHY is "${text}"; it may be none, bundled or s3://bucket/key`);
  return source;
}

/** Without its database the function still does the rest of its work, and says so. */
async function openGeography(source: GeographySource): Promise<Locate> {
  if (source.kind === 'none') return () => null;
  try {
    const database = openGeoDatabase(source.kind === 'bundled' ? bundledFiles() : [await download(source)]);
    log.info('geography', { name: database.info.name, built: database.info.buildDate });
    return cacheLocations(database.locate);
  } catch (error) {
    count('GeographyUnavailable', 1);
    log.error('the geography database cannot be opened', { source, reason: messageOf(error) });
    return () => null;
  }
}

function bundledFiles(): string[] {
  const folder = join(import.meta.dirname, 'geo');
  return readdirSync(folder)
    .filter((name) => name.endsWith('.mmdb'))
    .map((name) => join(folder, name));
}

/** Into the function's own disk, once per execution environment. */
async function download({ bucket, key }: Extract<GeographySource, { kind: 's3' }>): Promise<string> {
  const file = join(tmpdir(), 'flowfit-geography.mmdb');
  if (existsSync(file)) return file;
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  await writeFile(`${file}.part`, (await Body?.transformToByteArray()) ?? new Uint8Array());
  renameSync(`${file}.part`, file);
  return file;
}
