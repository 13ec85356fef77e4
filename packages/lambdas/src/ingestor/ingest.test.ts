import { existsSync, readFileSync } from 'node:fs';
import { deflateSync, gzipSync } from 'node:zlib';
import type { LogEvent, SubscriptionEnvelope } from '@flowfit/aws/cloudwatch-logs/envelope';
import type { PutResult } from '@flowfit/aws/firehose/put-records';
import { describe, expect, it } from 'vitest';
import { createIngestor, type Ingestor } from './ingest.ts';

const EVENTS = '../shared/testdata/events';

const line = (n: number) =>
  `2 123456789012 eni-0a1b2c3d 192.0.2.${n % 250} 10.0.0.5 40000 443 6 ${n} 840 1700000000 1700000060 ACCEPT OK`;

const logEvent = (n: number, message = line(n)): LogEvent => ({
  id: String(n).padStart(56, '3'),
  timestamp: 0,
  message,
});

const envelope = (change: Partial<SubscriptionEnvelope> = {}): SubscriptionEnvelope => ({
  messageType: 'DATA_MESSAGE',
  owner: '123456789012',
  logGroup: '/flowfit/flow-logs',
  logStream: 'eni-0a1b2c3d-all',
  subscriptionFilters: ['flowfit'],
  logEvents: [logEvent(1), logEvent(2)],
  ...change,
});

const subscription = (value: unknown, compress = gzipSync) => ({
  awslogs: { data: compress(Buffer.from(JSON.stringify(value))).toString('base64') },
});

/** An ingestor whose stream refuses, in each invocation, the lines that `refuse` names. */
function ingestor(refuse: (line: string, invocation: number) => boolean = () => false) {
  const put: string[][] = [];
  const logged: { message: string; data: Record<string, unknown> }[] = [];
  const counts: Record<string, number> = {};
  const say = (message: string, data: Record<string, unknown>) => void logged.push({ message, data });
  const ingest = createIngestor(
    { ownLogGroup: '/aws/lambda/ingestor' },
    {
      put: async (records): Promise<PutResult> => {
        const lines = records.map((record) => Buffer.from(record).toString('utf8'));
        const invocation = put.push(lines) - 1;
        const undelivered = lines.flatMap((text, index) =>
          refuse(text, invocation) ? [{ index, code: 'ServiceUnavailableException', message: 'Slow down.' }] : [],
        );
        return { delivered: lines.length - undelivered.length, undelivered, tooLarge: [], calls: 1, resent: 0 };
      },
      log: { info: say, warn: say, error: say },
      count: (name, value) => {
        counts[name] = (counts[name] ?? 0) + value;
      },
    },
  );
  return { ingest, put, logged, counts };
}

describe('the ingestor', () => {
  it.each([
    ['gzip', gzipSync],
    ['zlib', deflateSync],
  ])('puts one record per log event of a %s envelope', async (_name, compress) => {
    const { ingest, put, counts } = ingestor();
    const result = await ingest(subscription(envelope({ policyLevel: 'ACCOUNT_LEVEL_POLICY' }), compress));
    expect(result).toEqual({ events: 2, delivered: 2, blank: 0, tooLarge: 0, alreadyDelivered: 0 });
    expect(put).toEqual([[line(1), line(2)]]);
    expect(counts).toMatchObject({ LogEvents: 2, RecordsPut: 2, RecordsUndelivered: 0 });
  });

  it('drops a control message by the type of the envelope', async () => {
    const { ingest, put } = ingestor();
    const health = envelope({
      messageType: 'CONTROL_MESSAGE',
      owner: 'CloudwatchLogs',
      logEvents: [logEvent(0, 'CWL CONTROL MESSAGE: Checking health of destination Firehose.')],
    });
    expect(await ingest(subscription(health))).toMatchObject({ ignored: 'control-message', delivered: 0 });
    expect(put).toEqual([]);
  });

  it('never feeds its own log lines back', async () => {
    const { ingest, put } = ingestor();
    const own = envelope({ logGroup: '/aws/lambda/ingestor' });
    expect(await ingest(subscription(own))).toMatchObject({ ignored: 'own-log-group' });
    expect(put).toEqual([]);
  });

  it('fails the invocation when records are left, and puts only those when it is repeated', async () => {
    const { ingest, put, logged } = ingestor((text, invocation) => invocation === 0 && text === line(2));
    await expect(ingest(subscription(envelope()))).rejects.toThrow(
      'undelivered: 1 of 2 records: ServiceUnavailableException: Slow down.',
    );
    expect(logged[0]?.data).toMatchObject({ undelivered: 1, logStream: 'eni-0a1b2c3d-all' });
    expect(await ingest(subscription(envelope()))).toMatchObject({ delivered: 1, alreadyDelivered: 1 });
    expect(put).toEqual([[line(1), line(2)], [line(2)]]);
  });

  it('delivers a redelivered envelope again when the first delivery had succeeded', async () => {
    // Equal ids say nothing about success of an earlier *successful* hand-over: the service owns that duplicate.
    const { ingest, put } = ingestor();
    await ingest(subscription(envelope()));
    await ingest(subscription(envelope()));
    expect(put.flat()).toHaveLength(4);
  });

  it('counts blank events instead of putting them', async () => {
    const { ingest, put } = ingestor();
    const result = await ingest(subscription(envelope({ logEvents: [logEvent(1), logEvent(2, ' \n')] })));
    expect(result).toMatchObject({ events: 2, delivered: 1, blank: 1 });
    expect(put).toEqual([[line(1)]]);
  });

  it.each([
    ['an S3 notification', { Records: [{ s3: {} }] }, /not-a-subscription.*object with Records/],
    ['nothing', null, /not-a-subscription/],
    ['rubbish in place of the data', { awslogs: { data: 'aGVsbG8=' } }, /bad-compression.*gzip nor zlib/],
    ['an envelope cut short', { awslogs: { data: gzipSync('{"messageType":').toString('base64') } }, /bad-json/],
    ['another JSON document', subscription({ hello: 'world' }), /not-an-envelope.*DATA_MESSAGE/],
    ['events without a message', subscription(envelope({ logEvents: [{} as LogEvent] })), /not-an-envelope/],
  ])('refuses %s with the reason', async (_name, event, message) => {
    await expect(ingestor().ingest(event)).rejects.toThrow(message);
  });
});

describe.skipIf(!existsSync(EVENTS))('the ingestor on recorded events', () => {
  const run = async (file: string): Promise<{ put: string[]; result: Awaited<ReturnType<Ingestor>> }> => {
    const { ingest, put } = ingestor();
    const result = await ingest(JSON.parse(readFileSync(`${EVENTS}/${file}`, 'utf8')));
    return { put: put.flat(), result };
  };

  it.each([
    ['aws-lambda-go/cloudwatch-logs-event.json', 2],
    ['powertools-python/cloudWatchLogEvent.json', 2],
    // zlib instead of gzip, and the field of an account-level policy.
    ['powertools-python/cloudWatchLogEventWithPolicyLevel.json', 2],
    ['powertools-typescript/cloudwatch/base.json', 3],
  ])('puts every log event of %s', async (file, events) => {
    const { put, result } = await run(file);
    expect(result).toMatchObject({ events, delivered: events });
    expect(put).toHaveLength(events);
  });

  it.each([
    'aws-lambda-go/s3-event.json',
    'aws-lambda-go/kinesis-event.json',
    'aws-lambda-go/kinesis-firehose-event.json',
    'aws-lambda-go/config-event.json',
    'powertools-python/snsSqsEvent.json',
    'powertools-typescript/stream-cloudwatch-logs.json',
  ])('refuses %s', async (file) => {
    await expect(run(file)).rejects.toThrow(/not-a-subscription: expected .* found an object with/);
  });
});
