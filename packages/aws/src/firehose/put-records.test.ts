import { FirehoseClient } from '@aws-sdk/client-firehose';
import {
  DENIED,
  type FaultPlan,
  type FaultyFirehose,
  HANG_UP,
  SERVER_ERROR,
  startFaultyFirehose,
  THROTTLED,
} from '@flowfit/testkit/faulty-aws/firehose';
import { afterEach, describe, expect, it } from 'vitest';
import type { BackoffEffects } from '../backoff.ts';
import { type PutOptions, putRecords } from './put-records.ts';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const { close } of open.splice(0)) await close();
});

/** The real client against the local stream; pauses are recorded instead of waited for. */
async function stream(plan?: FaultPlan) {
  const server = await startFaultyFirehose(plan);
  const client = new FirehoseClient({
    endpoint: server.url,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
  open.push(server, { close: () => client.destroy() });
  const pauses: number[] = [];
  const effects: BackoffEffects = {
    sleep: async (milliseconds) => void pauses.push(milliseconds),
    random: () => 0.5,
  };
  const put = (lines: readonly string[], options: PutOptions = {}) =>
    putRecords(
      client,
      'flows',
      lines.map((line) => Buffer.from(line)),
      { concurrency: 1, ...options },
      effects,
    );
  return { server: server as FaultyFirehose, pauses, put };
}

const numbers = (count: number) => Array.from({ length: count }, (_, i) => String(i));

describe('putRecords', () => {
  it('delivers every record once and in order when nothing fails', async () => {
    const { server, put, pauses } = await stream();
    const result = await put(numbers(1_234));
    expect(result).toMatchObject({ delivered: 1_234, undelivered: [], tooLarge: [], calls: 3, resent: 0 });
    expect(server.accepted).toEqual(numbers(1_234));
    expect(server.calls).toEqual([500, 500, 234]);
    expect(pauses).toEqual([]);
  });

  it('puts again only the entries that were refused', async () => {
    const { server, put } = await stream((call) =>
      call === 0 ? { refuse: [1, 3] } : call === 1 ? { refuse: [0] } : undefined,
    );
    const result = await put(['a', 'b', 'c', 'd', 'e']);
    expect(result).toMatchObject({ delivered: 5, undelivered: [], calls: 3, resent: 3 });
    expect(server.calls).toEqual([5, 2, 1]);
    expect(server.accepted).toEqual(['a', 'c', 'e', 'd', 'b']);
  });

  it.each([
    ['throttling', THROTTLED],
    ['a server error', SERVER_ERROR],
    ['a broken connection', HANG_UP],
  ])('puts a whole call again after %s', async (_name, failure) => {
    const { server, put, pauses } = await stream((call) => (call < 2 ? { fail: failure } : undefined));
    expect(await put(['a', 'b'])).toMatchObject({ delivered: 2, undelivered: [], calls: 3 });
    expect(server.accepted).toEqual(['a', 'b']);
    expect(pauses).toEqual([50, 100]);
  });

  it('names what is left when the attempts are used up', async () => {
    const { server, put, pauses } = await stream((_call, size) => ({ refuse: [size - 1] }));
    const result = await put(['a', 'b'], { backoff: { attempts: 3, base: 10, cap: 15 } });
    expect(result.delivered).toBe(1);
    expect(result.undelivered).toEqual([{ index: 1, code: 'ServiceUnavailableException', message: 'Slow down.' }]);
    expect(server.calls).toEqual([2, 1, 1]);
    expect(pauses).toEqual([5, 7.5]);
  });

  it('does not try again what no repetition can change', async () => {
    const { server, put } = await stream(() => ({ fail: DENIED }));
    const result = await put(['a']);
    expect(result.undelivered).toEqual([{ index: 0, code: 'AccessDeniedException', message: 'Not authorized.' }]);
    expect(server.calls).toEqual([1]);
  });

  it('sets aside a record above the size limit and delivers its neighbours', async () => {
    const { server, put } = await stream();
    const result = await put(['a', 'x'.repeat(1_024_001), 'b', 'y'.repeat(1_024_000)]);
    expect(result).toMatchObject({ delivered: 3, undelivered: [], tooLarge: [1] });
    expect(server.accepted.map((line) => line.length)).toEqual([1, 1, 1_024_000]);
  });

  it('keeps calls within 4 MiB', async () => {
    const { server, put } = await stream();
    const result = await put(numbers(9).map((n) => n.repeat(1_000_000)));
    expect(result).toMatchObject({ delivered: 9, undelivered: [] });
    expect(server.calls).toEqual([4, 4, 1]);
  });

  it('stops trying when its time is up', async () => {
    const abort = new AbortController();
    const { put } = await stream(() => {
      abort.abort();
      return { refuse: [0] };
    });
    expect((await put(['a'], { signal: abort.signal })).undelivered).toHaveLength(1);
  });
});
