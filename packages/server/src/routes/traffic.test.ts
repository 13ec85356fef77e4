/** The API's numbers against the lines that the simulated account wrote, counted by hand. */
import { once } from 'node:events';
import { get } from 'node:http';
import { FORMATS } from '@flowfit/testkit/account/encode';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { getJson, makeApp, makeSample, type Sample } from '../../test/sample.ts';
import { type App, contextOf } from '../context.ts';
import type { CompleteAnswer, FieldsAnswer, OverviewAnswer } from '../contract/lake.ts';
import type { FlowsAnswer } from '../contract/records.ts';
import type {
  DashboardAnswer,
  HistogramAnswer,
  MapAnswer,
  PathsAnswer,
  SummaryAnswer,
  TopAnswer,
} from '../contract/traffic.ts';

let sample: Sample;
let app: App;
/** OK records by field name, as text. */
let records: Record<string, string>[];

beforeAll(async () => {
  sample = await makeSample();
  app = await makeApp(sample.context);
  const names = FORMATS.v5;
  records = sample.account.lines
    .map((line) => Object.fromEntries(line.split(' ').map((value, index) => [names[index] ?? '', value])))
    .filter((record) => record['log-status'] === 'OK');
});

afterAll(async () => {
  await app.close();
  await sample.remove();
});

const ask = <Answer>(path: string): Promise<Answer> => getJson<Answer>(app, path);
const sum = (field: string, rows: readonly Record<string, string>[]): number =>
  rows.reduce((total, record) => total + Number(record[field]), 0);

describe('figures', () => {
  it('are those of the truth', async () => {
    const { totals } = sample.account;
    const { current } = await ask<SummaryAnswer>('summary');
    expect(current).toMatchObject({
      flows: totals.stored,
      packets: totals.packets,
      bytes: totals.bytes,
      accepted: totals.accepted,
      rejected: totals.rejected,
    });
  });

  it('compare with the same length of time before, and with nothing where the lake has nothing', async () => {
    const { window } = await ask<OverviewAnswer>('overview');
    const first = Math.floor((window.from ?? 0) / 3600) * 3600;
    const second = await ask<SummaryAnswer>(`summary?from=${first + 3600}&to=${first + 7200}`);
    const before = records.filter(({ start }) => Number(start) < first + 3600);
    expect(second.previous).toMatchObject({ flows: before.length, bytes: sum('bytes', before) });
    expect((await ask<SummaryAnswer>(`summary?from=${first}&to=${first + 3600}`)).previous).toBeNull();
  });

  it('follow a filter', async () => {
    const where = encodeURIComponent('dstport in (443, 5432) and action = ACCEPT');
    const matching = records.filter(
      ({ dstport, action }) => (dstport === '443' || dstport === '5432') && action === 'ACCEPT',
    );
    expect(matching.length).toBeGreaterThan(0);
    const { current } = await ask<SummaryAnswer>(`summary?where=${where}`);
    expect(current).toMatchObject({ flows: matching.length, bytes: sum('bytes', matching), rejected: 0 });
  });
});

describe('lists', () => {
  it.each(['srcaddr', 'action', 'protocol', 'interface-id'])('of %s add up to the records', async (field) => {
    const { rows } = await ask<TopAnswer>(`top?field=${field}&limit=1000`);
    const counts = new Map<string, number>();
    for (const record of records) counts.set(record[field] ?? '', (counts.get(record[field] ?? '') ?? 0) + 1);
    expect(Object.fromEntries(rows.map(({ value, flows }) => [String(value), flows]))).toEqual(
      Object.fromEntries(counts),
    );
  });

  it('name groups as the inventory does', async () => {
    const { rows } = await ask<TopAnswer>('top?field=security-group-ids&limit=100');
    const named = rows.filter(({ value }) => value !== null);
    expect(named.length).toBeGreaterThan(3);
    expect(named.every(({ name }) => name !== null)).toBe(true);
  });
});

it('the histogram adds up to the figures, action by action', async () => {
  const { rows, stepSeconds } = await ask<HistogramAnswer>('histogram?buckets=40');
  expect(stepSeconds).toBeLessThan(3600);
  const total = (wanted: string) =>
    rows.filter(({ action }) => action === wanted).reduce((flows, row) => flows + row.flows, 0);
  expect(total('ACCEPT')).toBe(sample.account.totals.accepted);
  expect(total('REJECT')).toBe(sample.account.totals.rejected);
});

it.each(['from=0&to=253402300799', 'from=0&to=253402300799&buckets=500', 'from=253402300798&to=253402300799'])(
  'the histogram of %s adds up to the figures of the same window',
  async (window) => {
    const { rows, stepSeconds, from, to } = await ask<HistogramAnswer>(`histogram?${window}`);
    const { current } = await ask<SummaryAnswer>(`summary?${window.replace(/&buckets=.*/, '')}`);
    expect(rows.reduce((flows, row) => flows + row.flows, 0)).toBe(current.flows);
    expect((to - from) % stepSeconds).toBe(0);
    expect((to - from) / stepSeconds).toBeLessThanOrEqual(501);
  },
);

it('paths hold links between their own nodes, none larger than either end', async () => {
  const { sources, groups, ports, sourceToGroup, groupToPort } = await ask<PathsAnswer>('paths');
  const flows = new Map([...sources, ...groups, ...ports].map((node) => [node.id, node.flows]));
  expect(sourceToGroup.length).toBeGreaterThan(0);
  expect(groupToPort.length).toBeGreaterThan(0);
  for (const link of [...sourceToGroup, ...groupToPort]) {
    expect(link.flows).toBeLessThanOrEqual(Math.min(flows.get(link.from) ?? 0, flows.get(link.to) ?? 0));
  }
});

it('the map counts sources without geography apart', async () => {
  const { points, countries, unlocated } = await ask<MapAnswer>('map');
  expect({ points, countries }).toEqual({ points: [], countries: [] });
  expect(unlocated.flows).toBe(records.length);
});

it('the dashboard is what its parts are, each asked for alone', async () => {
  const { window } = await ask<OverviewAnswer>('overview');
  const from = Math.floor((window.from ?? 0) / 3600) * 3600 + 3600;
  const scope = `from=${from}&to=${from + 7200}&where=${encodeURIComponent('protocol = tcp')}`;
  const answer = await ask<DashboardAnswer>(
    `dashboard?${scope}&fields=srcaddr,security-group-ids&by=bytes&limit=7&buckets=2`,
  );
  expect(answer.summary).toEqual(await ask(`summary?${scope}`));
  expect(answer.summary.previous).not.toBeNull();
  expect(answer.histogram).toEqual(await ask(`histogram?${scope}&buckets=2`));
  expect(answer.lists).toEqual([
    await ask(`top?${scope}&field=srcaddr&by=bytes&limit=7`),
    await ask(`top?${scope}&field=security-group-ids&by=bytes&limit=7`),
  ]);
  expect(answer.map).toEqual(await ask(`map?${scope}&by=bytes`));
  expect(answer.paths).toEqual(await ask(`paths?${scope}&by=bytes`));
  expect(answer.paths.groupToPort.length).toBeGreaterThan(0);
});

it('the answers are the same where the conversations are in memory', async () => {
  const urls = [
    'summary',
    'top?field=srcaddr',
    'paths',
    'map',
    'dashboard?fields=srcaddr,service-port',
    'flows?limit=20&where=protocol=6',
  ];
  const fromFiles = await Promise.all(urls.map((url) => ask(url)));
  const context = contextOf(sample.lake, { version: '0.0.0', residentBytes: 1e9 });
  const other = await makeApp(context);
  await context.access.begin();
  expect((await context.access.loaded())?.rows).toBeGreaterThan(0);
  expect(await Promise.all(urls.map((url) => getJson(other, url)))).toEqual(fromFiles);
  await other.close();
  await context.access.idle();
});

it('records come page by page, each behind the one before', async () => {
  const whole = await ask<FlowsAnswer>('flows?limit=150');
  const pages: FlowsAnswer['flows'] = [];
  let next: string | null = null;
  do {
    const page: FlowsAnswer = await ask(`flows?limit=50${next === null ? '' : `&after=${next}`}`);
    pages.push(...page.flows);
    next = page.next;
  } while (next !== null && pages.length < 150);
  expect(pages).toEqual(whole.flows);
});

it('records come page by page,, newest first, without gap or repeat', async () => {
  const pages = await Promise.all(
    [0, 50, 100].map((offset) => ask<FlowsAnswer>(`flows?limit=50&offset=${offset}&order=newest`)),
  );
  const flows = pages.flatMap((page) => page.flows);
  const whole = await ask<FlowsAnswer>('flows?limit=150');
  expect(flows).toEqual(whole.flows);
  const starts = flows.map(({ start }) => Number(start));
  expect(starts).toEqual([...starts].sort((a, b) => b - a));
  expect(starts[0]).toBe(Math.max(...records.map(({ start }) => Number(start))));
});

describe('completion', () => {
  it('offers fields, then operators, then values of the lake', async () => {
    const offered = async (text: string) =>
      (await ask<CompleteAnswer>(`complete?text=${encodeURIComponent(text)}`)).items.map((item) => item.text);
    expect(await offered('dstp')).toEqual(['dstport']);
    expect(await offered('dstport ')).toContain('in');
    expect(await offered('action = ')).toEqual(['ACCEPT', 'REJECT']);
    const busiest = await ask<TopAnswer>('top?field=srcaddr&limit=1');
    expect((await offered('srcaddr = '))[0]).toBe(busiest.rows[0]?.value);
    expect(await offered('srcaddr in (10.')).toContain(busiest.rows[0]?.value);
  });

  it('finds a group by its name', async () => {
    const { rows } = await ask<TopAnswer>('top?field=security-group-ids&limit=1');
    const name = rows[0]?.name?.slice(0, 4) ?? '';
    const { items } = await ask<CompleteAnswer>(`complete?text=${encodeURIComponent(`security-group-ids = ${name}`)}`);
    expect(items.map(({ text }) => text)).toContain(rows[0]?.value);
  });
});

it('fields say which of them the logs have', async () => {
  const { fields } = await ask<FieldsAnswer>('fields');
  const present = fields.filter((field) => field.present && field.version !== null).map(({ name }) => name);
  expect(new Set(present)).toEqual(new Set(FORMATS.v5));
});

describe('exports', () => {
  const download = async (query: string) => {
    const response = await app.inject({ url: `/api/v1/export?${query}`, headers: { host: 'localhost' } });
    expect(response.statusCode).toBe(200);
    return response;
  };

  it('hold every record as NDJSON', async () => {
    const { body, headers } = await download('format=ndjson');
    expect(headers['content-disposition']).toBe('attachment; filename="flows.ndjson"');
    const lines = body.trimEnd().split('\n');
    expect(lines).toHaveLength(records.length);
    expect(lines.reduce((bytes, line) => bytes + JSON.parse(line).bytes, 0)).toBe(sample.account.totals.bytes);
  });

  it('hold every record as CSV below one header', async () => {
    const { body } = await download('format=csv&where=protocol%20%3D%20udp');
    const [header, ...lines] = body.trimEnd().split('\r\n');
    expect(header?.startsWith('version,account-id,interface-id,srcaddr')).toBe(true);
    expect(lines).toHaveLength(records.filter(({ protocol }) => protocol === '17').length);
  });

  it('are Parquet from the first byte to the last', async () => {
    const { rawPayload } = await download('format=parquet&where=protocol%20%3D%20udp');
    expect(rawPayload.subarray(0, 4).toString()).toBe('PAR1');
    expect(rawPayload.subarray(-4).toString()).toBe('PAR1');
  });
});

it('a long text is completed at once', { timeout: 5000 }, async () => {
  const spans: number[] = [];
  for (const text of [`${'a'.repeat(19_990)}(`, `${'srcaddr'.repeat(2800)} =!`, `${'a'.repeat(19_000)} in (`]) {
    const begun = performance.now();
    await ask<CompleteAnswer>(`complete?text=${encodeURIComponent(text)}`);
    spans.push(performance.now() - begun);
  }
  expect(Math.max(...spans)).toBeLessThan(500);
});

describe('mistakes', () => {
  it.each([
    ['summary?where=dsport%20%3D%201', 400, 'filter-invalid'],
    ['summary?from=10&to=10', 400, 'window-invalid'],
    ['top?field=dsport', 400, 'field-unknown'],
    ['top', 400, 'request-invalid'],
    ['flows?limit=0', 400, 'request-invalid'],
    ['flows?limit=many', 400, 'request-invalid'],
    ['nothing', 404, 'not-found'],
  ])('%s: %i %s', async (path, status, code) => {
    const response = await app.inject({ url: `/api/v1/${path}`, headers: { host: 'localhost' } });
    expect(response.statusCode).toBe(status);
    expect(response.json()).toMatchObject({ code, message: expect.any(String) });
  });

  it('of a filter say the column', async () => {
    const response = await app.inject({
      url: '/api/v1/summary?where=action%20%3D%20ACCEPT%20and%20dsport%20%3D%201',
      headers: { host: 'localhost' },
    });
    expect(response.json()).toMatchObject({ details: { column: 21, suggestion: 'dstport' } });
  });
});

it('the description names every route with its parameters', async () => {
  const response = await app.inject({ url: '/api/openapi.json', headers: { host: 'localhost' } });
  const { openapi, paths } = response.json();
  expect(openapi).toBe('3.1.0');
  const top = paths['/api/v1/top'].get.parameters.map(({ name }: { name: string }) => name);
  expect(top).toEqual(expect.arrayContaining(['field', 'where', 'from', 'to', 'by', 'limit']));
});

it('a client that goes away takes its query with it', async () => {
  const { server } = app;
  await app.listen({ host: '127.0.0.1', port: 0 });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening');
  const url = `http://127.0.0.1:${address.port}/api/v1/export?format=ndjson`;
  const request = get(url, { headers: { host: 'localhost' } });
  const [response] = await once(request, 'response');
  await once(response, 'data');
  request.destroy();
  // The lake answers others as if nothing had been.
  const { current } = await ask<SummaryAnswer>('summary');
  expect(current.flows).toBe(records.length);
});
