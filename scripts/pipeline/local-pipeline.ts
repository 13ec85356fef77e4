/**
 * The streaming way on this machine: the functions as they are deployed, the delivery stream that behaves as Firehose,
 * a real OpenSearch. Only AWS itself is stood in for.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import type { InventorySnapshot } from '@flowfit/core/inventory/model';
import { serializeSnapshot } from '@flowfit/core/inventory/snapshot';
import { BUNDLE_FOLDER, bundleFunctions } from '@flowfit/lambdas/bundle';
import type { OpenSearch } from '@flowfit/opensearch/client';
import { startLocalBucket } from '@flowfit/testkit/faulty-aws/s3';
import { startFirehoseApi } from '@flowfit/testkit/firehose/api';
import { createDeliveryStream, type DeliveryStream } from '@flowfit/testkit/firehose/delivery-stream';
import { startFunction } from '@flowfit/testkit/firehose/function-process';
import { type Faults, withRefusingCluster, withRefusingStream, withThrowingTransform } from './faults.ts';

export interface LocalPipeline {
  /** Folder of the error objects. */
  readonly failures: string;
  readonly stream: DeliveryStream;
  /** Brings log events in as a subscription does: compressed envelopes, repeated when the ingestor fails. */
  readonly send: (messages: readonly string[]) => Promise<void>;
  /** Messages of envelopes that failed at every attempt: what the dead-letter queue holds. */
  readonly deadLetters: () => string[];
  /** Brings the same envelopes in once more. */
  readonly redrive: () => Promise<void>;
  /** Ends all faults. */
  readonly heal: () => void;
  readonly stop: () => Promise<void>;
}

export interface PipelineOptions {
  readonly cluster: OpenSearch;
  readonly indexName: string;
  readonly inventory: InventorySnapshot;
  readonly format: string;
  readonly faults: Faults;
  readonly random: () => number;
}

const BUCKET = 'inventory';
const STREAM = 'flows';
/** What Lambda does with an asynchronous invocation that fails. */
const ATTEMPTS = 3;

export async function startPipeline(options: PipelineOptions): Promise<LocalPipeline> {
  const { cluster, indexName, inventory, format, random } = options;
  let { faults } = options;
  let isOut = false;
  mkdirSync(BUNDLE_FOLDER, { recursive: true });
  const bundles = mkdtempSync(join(BUNDLE_FOLDER, 'pipeline-'));
  const failures = mkdtempSync(join(tmpdir(), 'flowfit-failures-'));
  await bundleFunctions(bundles);

  const bucket = await startLocalBucket();
  bucket.objects.set(`${BUCKET}/inventory/newest.json`, serializeSnapshot(inventory));
  const credentials = { AWS_REGION: 'eu-west-1', AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' };
  const decorator = await startFunction(join(bundles, 'decorator/index.mjs'), {
    ...credentials,
    AWS_ENDPOINT_URL: bucket.url,
    INVENTORY_BUCKET: BUCKET,
    FLOW_LOG_FORMAT: format,
    GEOGRAPHY: 'bundled',
  });

  const bulk = (ndjson: string) => cluster.request('POST', '/_bulk', ndjson);
  const throwing = { ...faults };
  const stream = createDeliveryStream({
    name: STREAM,
    indexName,
    transformBuffer: { bytes: 300 * 1024, milliseconds: 1_000 },
    transformRetries: 3,
    invoke: withThrowingTransform(decorator.invoke, throwing, random),
    deliveryBuffer: { bytes: 5 * 1024 * 1024, milliseconds: 1_000 },
    retryFor: 7_200_000,
    bulk: withRefusingCluster(bulk, throwing, random),
    writeObject: async (key, body) => {
      const path = join(failures, key);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, body);
    },
    now: Date.now,
    sleep,
  });
  const target = (_stream: string, records: readonly Buffer[]) => stream.put(records).map((recordId) => ({ recordId }));
  const firehose = await startFirehoseApi(withRefusingStream(target, throwing, random, () => isOut));
  const ingestor = await startFunction(join(bundles, 'ingestor/index.mjs'), {
    ...credentials,
    AWS_ENDPOINT_URL: firehose.url,
    DELIVERY_STREAM: STREAM,
  });

  const deadLetters: Envelope[] = [];
  let sent = 0;
  const deliver = async (envelope: Envelope) => {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      isOut = random() < faults.putOutages;
      const delivered = await ingestor.invoke(envelope.event).then(
        () => true,
        () => false,
      );
      if (delivered) return;
    }
    deadLetters.push(envelope);
  };
  const send = async (messages: readonly string[]) => {
    const event = toSubscriptionEvent(messages, sent);
    sent += messages.length;
    await deliver({ event, messages });
  };

  return {
    failures,
    stream,
    send,
    deadLetters: () => deadLetters.flatMap(({ messages }) => messages),
    redrive: async () => {
      for (const envelope of deadLetters.splice(0)) await deliver(envelope);
    },
    heal: () => {
      faults = { ...faults, putOutages: 0 };
      isOut = false;
      for (const name of Object.keys(throwing)) Object.assign(throwing, { [name]: 0 });
    },
    stop: async () => {
      await Promise.all([ingestor.stop(), decorator.stop(), firehose.close(), bucket.close()]);
      for (const folder of [bundles, failures]) rmSync(folder, { recursive: true, force: true });
    },
  };
}

interface Envelope {
  readonly event: object;
  readonly messages: readonly string[];
}

function toSubscriptionEvent(messages: readonly string[], firstId: number) {
  const logEvents = messages.map((message, n) => ({
    id: String(firstId + n).padStart(56, '3'),
    timestamp: 0,
    message,
  }));
  const envelope = {
    messageType: 'DATA_MESSAGE',
    owner: '123456789012',
    logGroup: '/flowfit/flow-logs',
    logStream: 'eni-all',
    subscriptionFilters: ['flowfit'],
    logEvents,
  };
  return { awslogs: { data: gzipSync(JSON.stringify(envelope)).toString('base64') } };
}
