/**
 * A delivery stream on this machine that behaves as Amazon Data Firehose does: it buffers, transforms through a
 * function, delivers to OpenSearch, and writes what fails as error objects. Test equipment: small, and faithful where
 * the functions and the replay of failures can tell the difference.
 */
import { type DeliveryConfiguration, type Document, deliver } from './delivery.ts';
import { encodeDeliveryFailures, encodeTransformFailures, errorObjectKey } from './error-objects.ts';
import { type StreamRecord, transform } from './transform.ts';

/** When a buffer is handed on: at this size, or this long after its first record, whichever comes first. */
export interface BufferHints {
  readonly bytes: number;
  readonly milliseconds: number;
}

export interface StreamConfiguration extends DeliveryConfiguration {
  readonly name: string;
  readonly transformBuffer: BufferHints;
  readonly transformRetries: number;
  /** Invokes the transform function; rejects when it throws. */
  readonly invoke: (event: unknown) => Promise<unknown>;
  readonly deliveryBuffer: BufferHints;
  /** Puts an object into the failure bucket. */
  readonly writeObject: (key: string, body: string) => Promise<void>;
}

export interface StreamCounts {
  readonly received: number;
  readonly dropped: number;
  readonly transformFailed: number;
  readonly delivered: number;
  readonly deliveryFailed: number;
}

export interface DeliveryStream {
  /** Takes records; returns their ids. */
  readonly put: (records: readonly Buffer[]) => string[];
  /** Hands on whatever is buffered and waits until all of it is delivered or written off. */
  readonly drain: () => Promise<void>;
  readonly counts: StreamCounts;
}

/** Outstanding invocations of the transform function. */
const CONCURRENCY = 5;

export function createDeliveryStream(configuration: StreamConfiguration): DeliveryStream {
  const { name, now } = configuration;
  const streamArn = `arn:aws:firehose:eu-west-1:123456789012:deliverystream/${name}`;
  const lambdaArn = 'arn:aws:lambda:eu-west-1:123456789012:function:decorator:$LATEST';
  const counts = { received: 0, dropped: 0, transformFailed: 0, delivered: 0, deliveryFailed: 0 };
  const work = new Set<Promise<void>>();
  const track = (promise: Promise<void>) => {
    const tracked: Promise<void> = promise.finally(() => work.delete(tracked));
    work.add(tracked);
  };
  const invocations = createGate(CONCURRENCY);

  const outgoing = createBuffer<Document>(
    configuration.deliveryBuffer,
    ({ data }) => data.byteLength,
    (documents) => track(deliverBatch(documents)),
  );
  const incoming = createBuffer<StreamRecord>(
    configuration.transformBuffer,
    ({ data }) => data.byteLength,
    (records) => track(invocations(() => transformBatch(records))),
  );

  async function transformBatch(records: readonly StreamRecord[]): Promise<void> {
    const { invoke, transformRetries: retries, writeObject } = configuration;
    const { documents, dropped, failures } = await transform(records, { streamArn, retries, invoke });
    counts.dropped += dropped;
    counts.transformFailed += failures.length;
    for (const document of documents) outgoing.add(document);
    if (failures.length === 0) return;
    const key = errorObjectKey('processing-failed', name, failures[0]!.record.arrival);
    await writeObject(key, encodeTransformFailures(failures, now(), lambdaArn));
  }

  async function deliverBatch(documents: readonly Document[]): Promise<void> {
    const failures = await deliver(documents, configuration);
    counts.delivered += documents.length - failures.length;
    counts.deliveryFailed += failures.length;
    if (failures.length === 0) return;
    const key = errorObjectKey('AmazonOpenSearchService-failed', name, failures[0]!.arrival);
    await configuration.writeObject(key, encodeDeliveryFailures(failures, now()));
  }

  return {
    counts,
    put: (records) =>
      records.map((data) => {
        const recordId = `49${String(counts.received).padStart(48, '0')}000000`;
        counts.received += 1;
        incoming.add({ recordId, arrival: now(), data });
        return recordId;
      }),
    drain: async () => {
      incoming.flush();
      // Documents may wait in the second buffer although nothing is under way.
      do {
        await Promise.all(work);
        outgoing.flush();
      } while (work.size > 0);
    },
  };
}

function createBuffer<Item>(hints: BufferHints, sizeOf: (item: Item) => number, handOn: (items: Item[]) => void) {
  let items: Item[] = [];
  let bytes = 0;
  let timer: NodeJS.Timeout | undefined;
  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    if (items.length > 0) handOn(items);
    items = [];
    bytes = 0;
  };
  const add = (item: Item) => {
    items.push(item);
    bytes += sizeOf(item);
    if (bytes >= hints.bytes) flush();
    else timer ??= setTimeout(flush, hints.milliseconds);
  };
  return { add, flush };
}

/** Lets `width` tasks run at a time, in the order of their coming. */
function createGate(width: number) {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (task: () => Promise<void>): Promise<void> => {
    if (running === width) await new Promise<void>((resolve) => waiting.push(resolve));
    running += 1;
    try {
      await task();
    } finally {
      running -= 1;
      waiting.shift()?.();
    }
  };
}
