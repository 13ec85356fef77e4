import { describe, expect, it } from 'vitest';
import { createDeliveryStream, type StreamConfiguration } from './delivery-stream.ts';

const NOON = Date.parse('2023-11-14T12:30:45.678Z');
interface Event {
  readonly invocationId: string;
  readonly records: { recordId: string; data: string }[];
}
const ok = ({ recordId, data }: Event['records'][number]) => ({ recordId, result: 'Ok', data });
const text = (data: string) => Buffer.from(data, 'base64').toString('utf8');

/** A stream of small buffers whose transform returns what it got, unless a test says otherwise. */
function stream(change: Partial<StreamConfiguration> = {}) {
  const events: Event[] = [];
  const requests: string[] = [];
  const objects: { key: string; lines: Record<string, unknown>[] }[] = [];
  const clock = { now: NOON };
  const echo = (event: Event): unknown => ({ records: event.records.map(ok) });
  const delivery = createDeliveryStream({
    name: 'flows',
    indexName: 'cwl',
    transformBuffer: { bytes: 10, milliseconds: 60_000 },
    transformRetries: 3,
    deliveryBuffer: { bytes: 1_000, milliseconds: 60_000 },
    retryFor: 3_000,
    bulk: async (ndjson) => {
      requests.push(ndjson);
      const items = ndjson.split('\n').filter((line) => line.startsWith('{"index"'));
      return { status: 200, body: { items: items.map(() => ({ index: { status: 201 } })) } };
    },
    writeObject: async (key, body) => {
      objects.push({
        key,
        lines: body
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line)),
      });
    },
    now: () => clock.now,
    sleep: async (milliseconds) => {
      clock.now += milliseconds;
    },
    ...change,
    invoke: async (event) => {
      events.push(event as Event);
      return change.invoke ? change.invoke(event) : echo(event as Event);
    },
  });
  const run = async (...lines: string[]) => {
    delivery.put(lines.map((line) => Buffer.from(line)));
    await delivery.drain();
  };
  return { delivery, run, events, requests, objects, clock };
}

describe('the local delivery stream', () => {
  it('hands buffers on by size and delivers to the index of the day of arrival', async () => {
    const { run, events, requests, delivery } = stream();
    await run('"aaaaaa"', '"bbbbbb"', '"cccccc"');
    expect(events.map(({ records }) => records.map(({ data }) => text(data)))).toEqual([
      ['"aaaaaa"', '"bbbbbb"'],
      ['"cccccc"'],
    ]);
    const lines = requests.join('').trim().split('\n');
    expect(lines).toHaveLength(6);
    expect(JSON.parse(lines[0]!)).toEqual({
      index: { _index: 'cwl-2023-11-14', _id: `49${'0'.repeat(48)}000000.0` },
    });
    expect(delivery.counts).toEqual({ received: 3, dropped: 0, transformFailed: 0, delivered: 3, deliveryFailed: 0 });
  });

  it('hands a buffer on when its time is up', async () => {
    const { delivery, events } = stream({ transformBuffer: { bytes: 1_000, milliseconds: 5 } });
    delivery.put([Buffer.from('1')]);
    await expect.poll(() => events.length).toBe(1);
    await delivery.drain();
  });

  it('drains documents that wait while nothing else is under way', async () => {
    const { delivery, events } = stream({ transformBuffer: { bytes: 1, milliseconds: 60_000 } });
    delivery.put([Buffer.from('1')]);
    await expect.poll(() => events.length).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 10));
    await delivery.drain();
    expect(delivery.counts.delivered).toBe(1);
  });

  it('drops, fails and delivers record by record', async () => {
    const { run, objects, delivery } = stream({
      transformBuffer: { bytes: 100, milliseconds: 60_000 },
      invoke: async (event) => {
        const [a, b, c, d] = (event as Event).records;
        return {
          records: [
            ok(a!),
            { ...ok(b!), result: 'Dropped' },
            { ...ok(c!), result: 'ProcessingFailed' },
            ok(d!),
            ok(d!),
          ],
        };
      },
    });
    await run('1', '2', '3', '4', '5');
    expect(delivery.counts).toMatchObject({ dropped: 1, transformFailed: 3, delivered: 1 });
    expect(objects[0]?.key).toMatch(/^processing-failed\/2023\/11\/14\/12\/flows-1-2023-11-14-12-30-45-[0-9a-f-]{36}$/);
    expect(
      objects[0]?.lines.map(({ errorCode, attemptsMade, rawData }) => [errorCode, attemptsMade, text(String(rawData))]),
    ).toEqual([
      ['Lambda.ProcessingFailedStatus', 1, '3'],
      ['Lambda.DuplicatedRecordId', 1, '4'],
      ['Lambda.MissingRecordId', 1, '5'],
    ]);
    expect(objects[0]?.lines[0]).toMatchObject({ arrivalTimestamp: NOON, lambdaARN: expect.any(String) });
  });

  it.each([
    ['throws', async () => Promise.reject(new Error('boom')), 'Lambda.FunctionError'],
    ['answers something else', async () => ({ ok: true }), 'Lambda.InvalidReturnFormat'],
    [
      'misspells a result',
      async (event: Event) => ({ records: event.records.map((each) => ({ ...ok(each), result: 'OK' })) }),
      'Lambda.InvalidReturnFormat',
    ],
    [
      'answers no base64',
      async (event: Event) => ({ records: event.records.map((each) => ({ ...ok(each), data: '?' })) }),
      'Lambda.FunctionError',
    ],
    [
      'answers too much',
      async (event: Event) => ({ records: event.records.map((each) => ({ ...ok(each), data: 'A'.repeat(7e6) })) }),
      'Lambda.FunctionError',
    ],
  ])('gives up a batch after four attempts when the function %s', async (_name, invoke, code) => {
    const { run, events, objects } = stream({ invoke: invoke as StreamConfiguration['invoke'] });
    await run('1', '2');
    expect(events).toHaveLength(4);
    expect(new Set(events.map(({ invocationId }) => invocationId)).size).toBe(4);
    expect(new Set(events.map(({ records }) => JSON.stringify(records))).size).toBe(1);
    expect(objects[0]?.lines.map(({ errorCode, attemptsMade }) => [errorCode, attemptsMade])).toEqual([
      [code, 4],
      [code, 4],
    ]);
  });

  it('tries documents again while the cluster has no room or is away, under the same ids', async () => {
    let attempt = 0;
    const sent: string[] = [];
    const { run, delivery } = stream({
      bulk: async (ndjson) => {
        for (const [, id] of ndjson.matchAll(/"_id":"\d*?(\d{9})\.0"/g)) sent.push(id!);
        attempt += 1;
        if (attempt === 1) throw new Error('ECONNREFUSED');
        const statuses = attempt === 2 ? [201, 429] : [200];
        return { status: 200, body: { items: statuses.map((status) => ({ index: { status } })) } };
      },
    });
    await run('1', '2');
    expect(sent.map((id) => Number(id) / 1e6)).toEqual([0, 1, 0, 1, 1]);
    expect(delivery.counts).toMatchObject({ delivered: 2, deliveryFailed: 0 });
  });

  it('writes off what the mapping refuses at once, and the rest when the retry duration is over', async () => {
    const { run, objects, delivery } = stream({
      bulk: async (ndjson) => {
        const documents = ndjson.split('\n').filter((line) => /^\d$/.test(line));
        const items = documents.map((line) => ({
          index: line === '1' ? { status: 400, error: { type: 'x' } } : { status: 503 },
        }));
        return { status: 200, body: { items } };
      },
    });
    await run('1', '2');
    expect(delivery.counts).toMatchObject({ delivered: 0, deliveryFailed: 2 });
    expect(objects[0]?.key).toMatch(/^AmazonOpenSearchService-failed\//);
    expect(objects[0]?.lines).toMatchObject([
      {
        errorCode: '400',
        attemptsMade: 1,
        errorMessage: '{"type":"x"}',
        esIndexName: 'cwl-2023-11-14',
        esTypeName: '',
      },
      { errorCode: 'ES.503', attemptsMade: 4, esDocumentId: expect.stringMatching(/\.0$/) },
    ]);
    expect(objects[0]?.lines.map(({ rawData }) => text(String(rawData)))).toEqual(['1', '2']);
  });
});
