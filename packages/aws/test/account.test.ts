/** The edges of this package against an emulated account. */
import { CloudWatchLogsClient, CreateLogGroupCommand, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { CreateBucketCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { DEFAULT_LAYOUT } from '@flowfit/core/flow/format';
import { createLineParser } from '@flowfit/core/flow/parse';
import { emptySnapshot } from '@flowfit/core/inventory/snapshot';
import { startMoto } from '@flowfit/testkit/moto/server';
import { orSkip } from '@flowfit/testkit/opensearch-server/unavailable';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureLogStream, putLogEvents } from '../src/cloudwatch-logs/put-events.ts';
import { openFailureBucket } from '../src/failures/objects.ts';
import { replayFailures } from '../src/failures/replay.ts';
import { readNewestSnapshot, type StoredSnapshot, writeSnapshot } from '../src/s3/snapshots.ts';

const moto = await orSkip(startMoto);

describe.skipIf(!moto)('in an account', () => {
  let s3: S3Client;
  const create = async (Bucket: string) => {
    const CreateBucketConfiguration = { LocationConstraint: 'eu-west-1' as const };
    await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration }));
    return Bucket;
  };
  const keysOf = async (Bucket: string) =>
    ((await s3.send(new ListObjectsV2Command({ Bucket }))).Contents ?? []).map(({ Key }) => Key);

  beforeAll(() => {
    s3 = new S3Client(moto!.clientConfiguration);
  });

  afterAll(async () => {
    s3.destroy();
    await moto!.stop();
  });

  it('snapshots are read by ETag', async () => {
    const place = { bucket: await create('snapshots'), prefix: 'inventory/' };
    expect(await readNewestSnapshot(s3, place, null)).toBeNull();
    const first = emptySnapshot('2026-01-01T00:00:00.000Z');
    expect(await writeSnapshot(s3, place, first)).toBe('inventory/20260101T000000.000Z.json');
    const stored = (await readNewestSnapshot(s3, place, null)) as StoredSnapshot;
    expect(stored.snapshot).toEqual(first);
    expect(await readNewestSnapshot(s3, place, stored.etag)).toBe('unchanged');
    await writeSnapshot(s3, place, emptySnapshot('2026-01-02T00:00:00.000Z'));
    expect(await readNewestSnapshot(s3, place, stored.etag)).toMatchObject({
      snapshot: { capturedAt: '2026-01-02T00:00:00.000Z' },
    });
  });

  it('a damaged snapshot is named, not taken', async () => {
    const place = { bucket: await create('damaged'), prefix: '' };
    await s3.send(new PutObjectCommand({ Bucket: place.bucket, Key: 'newest.json', Body: '{"schema":' }));
    await expect(readNewestSnapshot(s3, place, null)).rejects.toThrow(
      's3://damaged/newest.json: The snapshot is not JSON',
    );
  });

  it('failures in a bucket are replayed and filed away', async () => {
    const Bucket = await create('failures');
    const Key = 'failures/processing-failed/2026/01/01/00/flows-1-2026-01-01-00-00-00-x';
    const failure = (errorCode: string, data: string) =>
      JSON.stringify({ errorCode, errorMessage: '', rawData: Buffer.from(data).toString('base64') });
    const Body = [failure('Lambda.FunctionError', 'a'), failure('Lambda.ProcessingFailedStatus', 'b')].join('\n');
    await s3.send(new PutObjectCommand({ Bucket, Key, Body }));
    const put: string[] = [];
    const report = await replayFailures(
      openFailureBucket(s3, Bucket, 'failures/'),
      {
        put: async (records) => {
          put.push(...records.map((record) => Buffer.from(record).toString()));
          return { delivered: records.length, undelivered: [], tooLarge: [], calls: 1, resent: 0 };
        },
        write: null,
      },
      { parser: createLineParser(DEFAULT_LAYOUT), includeRefused: false, dryRun: false },
    );
    expect(report).toMatchObject({ objects: 1, resent: 1, kept: { 'field-count': 1 } });
    expect(put).toEqual(['a']);
    expect(await keysOf(Bucket)).toEqual([
      Key.replace('failures/', 'failures/kept/'),
      Key.replace('failures/', 'failures/replayed/'),
    ]);
  });

  it('records are written to a log group within the limits of a call', async () => {
    const logs = new CloudWatchLogsClient(moto!.clientConfiguration);
    const name = { logGroupName: '/vpc/flows', logStreamName: 'eni-0a-all' };
    await logs.send(new CreateLogGroupCommand({ logGroupName: name.logGroupName }));
    await ensureLogStream(logs, name);
    await ensureLogStream(logs, name);
    const messages = Array.from({ length: 10_001 }, (_, n) => `record ${n}`);
    expect(await putLogEvents(logs, name, messages, Date.now())).toBe(2);
    const { events } = await logs.send(new FilterLogEventsCommand({ logGroupName: name.logGroupName }));
    expect(events?.[0]?.message).toBe('record 0');
    logs.destroy();
  });
});
