import { randomBytes } from 'node:crypto';
import { createDocumentEncoder } from '@flowfit/core/document/encoder';
import { startOpenSearch } from '@flowfit/testkit/opensearch-server/server';
import { orSkip } from '@flowfit/testkit/opensearch-server/unavailable';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { backfill } from '../src/backfill.ts';
import { type RejectedDocument, writeBulk } from '../src/bulk.ts';
import { type OpenSearch, openOpenSearch } from '../src/client.ts';
import { namesOf } from '../src/names.ts';
import { toSavedObjects } from '../src/saved-objects/dashboard.ts';
import { type SetupOptions, setup } from '../src/setup.ts';
import { flow, flows } from './flows.ts';
import { toPanelQuery } from './panel-query.ts';

const server = await orSkip(startOpenSearch);

/** A cluster that the user names may be shared: everything here carries a prefix of its own and is removed. */
const prefix = `flowfit-test-${randomBytes(6).toString('hex')}`;
const names = namesOf(prefix);
const COUNT = 1_000;
const effects = { sleep: (milliseconds: number) => new Promise<void>((done) => setTimeout(done, milliseconds / 10)) };

describe.skipIf(!server)('a real cluster', () => {
  let cluster: OpenSearch;
  const options: SetupOptions = { prefix, retention: { deleteAfterDays: 30 }, dashboardsUrl: null };
  const noFetch = () => Promise.reject(new Error('nothing to fetch'));

  beforeAll(async () => {
    cluster = openOpenSearch(server!.url);
    await setup(cluster, options, noFetch);
    await backfill(cluster, flows(COUNT), { prefix }, effects);
    await cluster.request('POST', `/${names.pattern}/_refresh`);
  });

  afterAll(async () => {
    await cluster.request('DELETE', `/${names.pattern}`);
    await cluster.request('DELETE', `/_index_template/${names.template}`);
    await cluster.request('DELETE', `/_plugins/_ism/policies/${names.policy}`);
    await cluster.close();
    await server!.stop();
  });

  const count = async (query: object = { match_all: {} }) => {
    await cluster.request('POST', `/${names.pattern}/_refresh`);
    return (await cluster.request('POST', `/${names.pattern}/_count`, { query })).body.count as number;
  };

  it('takes the setup again and again, and says what it lacks', async () => {
    const steps = await setup(cluster, options, noFetch);
    expect(steps.map(({ step, outcome }) => [step, outcome])).toEqual([
      ['index-template', 'done'],
      ['existing-indexes', 'done'],
      ['retention-policy', expect.stringMatching(/done|skipped/)],
      ['writers', 'skipped'],
      ['saved-objects', 'skipped'],
    ]);
  });

  it('points at indexes that were made before the template', async () => {
    const index = `${prefix}-old`;
    await cluster.request('DELETE', `/_index_template/${names.template}`);
    await cluster.request('PUT', `/${index}`, { mappings: { properties: { srcaddr: { type: 'text' } } } });
    const steps = await setup(cluster, options, noFetch);
    expect(steps[1]).toMatchObject({ outcome: 'attention', detail: expect.stringContaining(`${index};`) });
    await cluster.request('DELETE', `/${index}`);
  });

  it('holds every record once, with the fields it had', async () => {
    expect(await count()).toBe(COUNT);
    const { body } = await cluster.request('POST', `/${names.pattern}/_search`, {
      query: { bool: { filter: [{ term: { bytes: 101 } }] } },
    });
    const encoder = createDocumentEncoder();
    const document = Buffer.from(encoder.memory.buffer, 0, encoder.encodeFlow(flow(1))).toString('latin1');
    expect(body.hits.hits).toHaveLength(1);
    expect(body.hits.hits[0]._index).toBe(`${prefix}-2023-11-15`);
    expect(body.hits.hits[0]._source).toEqual(JSON.parse(document));
  });

  it('writes nothing twice', async () => {
    const again = await backfill(cluster, flows(COUNT), { prefix }, effects);
    expect(again).toMatchObject({ created: 0, existing: COUNT, rejected: 0, withoutTime: 0 });
    expect(await count()).toBe(COUNT);
  });

  it('knows numbers, addresses, times and places as such', async () => {
    expect(await count({ term: { srcaddr: '192.0.2.0/28' } })).toBe(
      [...Array(COUNT).keys()].filter((n) => n % 2 === 0 && n % 50 < 16).length,
    );
    expect(await count({ range: { bytes: { gte: 1_000 } } })).toBe(100);
    expect(await count({ range: { '@timestamp': { lt: '2023-11-15T00:01:00Z' } } })).toBe(60);
    const around = { distance: '1km', 'source-location': { lat: 52.37, lon: 4.89 } };
    expect(await count({ geo_distance: around })).toBe(COUNT / 5);
    expect(await count({ term: { 'security-group-ids': 'sg-0bbbbbbbbbbbbbbbb' } })).toBe(COUNT);
  });

  it('names a document that the mapping refuses, and takes its neighbours', async () => {
    const rejected: RejectedDocument[] = [];
    const document = (id: string, source: object) => ({ index: `${prefix}-odd`, id, source: JSON.stringify(source) });
    const documents = [document('a', { bytes: 1 }), document('b', { bytes: '-' }), document('c', { bytes: 2 })];
    const result = await writeBulk(cluster, documents, { onRejected: (each) => rejected.push(each) }, effects);
    expect(result).toMatchObject({ created: 2, rejected: 1 });
    expect(rejected).toMatchObject([{ document: { id: 'b' }, status: 400, reason: expect.stringContaining('"-"') }]);
    await cluster.request('DELETE', `/${prefix}-odd`);
  });

  describe('each panel of the SGDashboard', () => {
    const panels = toSavedObjects(names).filter(({ type }) => type === 'visualization');

    it.each(panels.map((panel) => [panel.attributes['title'] as string, panel] as const))(
      '%s shows rows',
      async (_title, panel) => {
        const query = toPanelQuery(JSON.parse(panel.attributes['visState'] as string));
        const { status, body } = await cluster.request('POST', `/${names.pattern}/_search`, query);
        expect(status).toBe(200);
        expect(body.hits.total.value).toBe(COUNT);
        for (const { buckets } of Object.values(body.aggregations) as { buckets?: unknown[] }[]) {
          if (buckets) expect(buckets.length).toBeGreaterThan(0);
        }
      },
    );
  });

  it.skipIf(!server?.kill)(
    'gets every record once although it went away in between',
    { timeout: 180_000 },
    async () => {
      async function* interrupted() {
        for (let n = 0; n < 3_000; n += 1) {
          if (n === 1_500) await server!.kill!();
          yield flow(COUNT + n);
        }
      }
      // The writer's first pause shows that it has met the dead server: then it may come back. Whoever pauses waits for it.
      let back: Promise<void> | undefined;
      const patient = {
        sleep: async (milliseconds: number) => {
          back ??= server!.start!();
          await back;
          await effects.sleep(milliseconds);
        },
      };
      const result = await backfill(cluster, interrupted(), { prefix, requestSize: 100_000 }, patient);
      expect(result.created + result.existing).toBe(3_000);
      expect(await count()).toBe(COUNT + 3_000);
    },
  );
});
