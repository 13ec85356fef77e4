/** The function `inventory` as Lambda loads it: its clients, made once, and its handler. */
import { S3Client } from '@aws-sdk/client-s3';
import { captureInventory } from '@flowfit/aws/ec2/capture';
import { createEc2Client } from '@flowfit/aws/ec2/client';
import { readNewestSnapshot, writeSnapshot } from '@flowfit/aws/s3/snapshots';
import { optional, required } from '../environment.ts';
import { powertools } from '../telemetry.ts';
import { createRecorder, type RecorderResult } from './record.ts';

const { env } = process;
const { log, count, flush } = powertools('inventory');
const place = { bucket: required(env, 'INVENTORY_BUCKET'), prefix: optional(env, 'INVENTORY_PREFIX') ?? 'inventory/' };
const s3 = new S3Client({});
const ec2 = createEc2Client();

const record = createRecorder({
  readNewest: () => readNewestSnapshot(s3, place, null),
  capture: (capturedAt) => captureInventory(ec2, { capturedAt }),
  write: (snapshot) => writeSnapshot(s3, place, snapshot),
  now: Date.now,
  log,
  count,
});

export async function handler(event: unknown): Promise<RecorderResult> {
  try {
    return await record(event);
  } finally {
    flush();
  }
}
