import { describe, expect, it } from 'vitest';
import { type BulkDocument, type BulkOptions, writeBulk } from './bulk.ts';
import { type Answer, type OpenSearch, OpenSearchError } from './client.ts';

const document = (id: string): BulkDocument => ({ index: 'cwl-2023-11-15', id, source: '{}' });
const ok = (count: number): Answer => ({
  status: 200,
  body: { items: Array(count).fill({ create: { status: 201 } }) },
});
const items = (...statuses: number[]): Answer => ({
  status: 200,
  body: { items: statuses.map((status) => ({ create: { status, error: { type: 't', reason: `reason ${status}` } } })) },
});
const away = () => new OpenSearchError('opensearch-unreachable', 'does not answer');

/** A cluster that gives the answers of a list, one per request, and then takes everything. */
function cluster(...answers: (Answer | Error)[]) {
  const requests: string[][] = [];
  const pauses: number[] = [];
  const fake: OpenSearch = {
    request: async (_method, _path, body) => {
      const ids = [...String(body).matchAll(/"_id":"(\w+)"/g)].map(([, id]) => id!);
      requests.push(ids);
      const answer = answers[requests.length - 1] ?? ok(ids.length);
      if (answer instanceof Error) throw answer;
      return answer;
    },
    close: async () => undefined,
  };
  const write = (ids: string, options: BulkOptions = {}) =>
    writeBulk(
      fake,
      [...ids].map(document),
      { concurrency: 1, ...options },
      { sleep: async (ms) => void pauses.push(ms) },
    );
  return { requests, pauses, write };
}

describe('writing in bulk', () => {
  it('sends again only what was refused for lack of room', async () => {
    const { requests, write, pauses } = cluster(items(201, 429, 409, 503), items(201, 429));
    expect(await write('abcd')).toEqual({ created: 3, existing: 1, rejected: 0, requests: 3 });
    expect(requests).toEqual([['a', 'b', 'c', 'd'], ['b', 'd'], ['d']]);
    expect(pauses).toEqual([500, 1_000]);
  });

  it('waits for a cluster that is away', async () => {
    const { write, requests } = cluster(away(), { status: 503, body: {} }, away());
    expect(await write('ab')).toMatchObject({ created: 2, requests: 4 });
    expect(requests).toHaveLength(4);
  });

  it('gives up when it stays away', async () => {
    const { write } = cluster(away(), away(), away());
    await expect(write('a', { attempts: 3 })).rejects.toThrow('does not answer');
  });

  it('does not repeat a request that is refused as such', async () => {
    const { write, requests } = cluster({ status: 403, body: { error: { reason: 'no permissions' } } });
    await expect(write('a')).rejects.toThrow('the cluster refused a bulk request: 403 no permissions');
    expect(requests).toHaveLength(1);
  });

  it('tells rejected documents with the reason, also those that found no room at last', async () => {
    const { write } = cluster(items(400, 429), items(429));
    const told: string[] = [];
    const onRejected = (each: { document: BulkDocument; reason: string }) =>
      void told.push(`${each.document.id}: ${each.reason}`);
    expect(await write('ab', { attempts: 2, onRejected })).toMatchObject({ created: 0, rejected: 2 });
    expect(told).toEqual(['a: reason 400', 'b: reason 429']);
  });

  it('cuts requests by size and holds one per lane', async () => {
    const { write, requests } = cluster();
    await write('abcdef', { requestSize: 100 });
    expect(requests).toEqual([
      ['a', 'b'],
      ['c', 'd'],
      ['e', 'f'],
    ]);
  });
});
