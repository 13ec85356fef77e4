/** Conversations in memory answer what the files answer, to the last record, and only of the state they are of. */
import { filterField } from '@flowfit/core/filter/fields';
import { allOf, anyOf, type Filter, negate } from '@flowfit/core/filter/tree';
import type { Format } from '@flowfit/testkit/account/account';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ingest } from '../ingest/ingest.ts';
import type { Lake } from '../lake.ts';
import { type DashboardQuery, queryDashboard } from '../queries/dashboard.ts';
import { queryFlowPage, queryFlows } from '../queries/flows.ts';
import { queryTop } from '../queries/top.ts';
import type { Window } from '../queries/window.ts';
import { smallAccount, someGeography, writeObjects } from '../testing/accounts.ts';
import { temporaryFolder, temporaryLake } from '../testing/temporary.ts';
import { RESIDENT_COLUMNS } from './columns.ts';
import { Resident, type ResidentOptions } from './resident.ts';

const HOUR = 3600;
/** 2026-06-01T21:00:00Z, when the accounts begin: three hours before midnight. They end three hours after it. */
const BEGIN = 1_780_347_600;
const MIDNIGHT = BEGIN + 3 * HOUR;
const ROOM = 1e9;

const FIELDS = RESIDENT_COLUMNS.map(({ field }) => field);

const WINDOWS: readonly Window[] = [
  {},
  { from: BEGIN, to: BEGIN + 7 * HOUR },
  { from: BEGIN + HOUR, to: MIDNIGHT + HOUR },
  { from: MIDNIGHT, to: MIDNIGHT + 24 * HOUR },
  { from: MIDNIGHT + HOUR, to: MIDNIGHT + 2 * HOUR },
  { from: MIDNIGHT - HOUR },
  { to: MIDNIGHT },
];

const fill = async (lake: Lake, format: Format = 'v5', seed = 1): Promise<void> => {
  const account = smallAccount(seed, format);
  const paths = await writeObjects(await temporaryFolder(), account, 3);
  await ingest(lake, paths, { snapshots: account.snapshots, geo: someGeography });
};

/** All panels, some fields as lists; buckets of at least an hour. @param turn which fields */
const everything = (filter?: Filter, window: Window = {}, turn = 0): DashboardQuery => ({
  ...window,
  filter,
  by: (['flows', 'packets', 'bytes'] as const)[turn % 3] ?? 'flows',
  buckets: 7,
  lists: [0, 1, 2, 3].map((nth) => ({
    field: FIELDS[(4 * turn + nth) % FIELDS.length] ?? '',
    limit: nth % 2 === 0 ? 1000 : 3,
  })),
  paths: [
    { field: 'srcaddr', limit: 8 },
    { field: 'security-group-ids', limit: 3 },
    { field: 'service-port', limit: 8 },
  ],
});

const load = async (lake: Lake, options: Partial<ResidentOptions> = {}): Promise<Resident> => {
  const failures: unknown[] = [];
  const resident = new Resident(lake.db, { limit: ROOM, onFailure: (error) => failures.push(error), ...options });
  await follow(resident, lake);
  expect(failures).toEqual([]);
  return resident;
};

const follow = async (resident: Resident, lake: Lake): Promise<void> => {
  const state = await lake.pin();
  resident.follow({ lake: state, share: () => async () => undefined });
  await resident.settled();
  await state.release();
};

/** Tests of every field with values that the lake has, and with such that it has not. */
const filtersOf = async (lake: Lake): Promise<Filter[]> => {
  const filters: Filter[] = [];
  for (const field of FIELDS) {
    filters.push({ kind: 'null', field });
    const rows = await queryTop(lake, { field, limit: 40 });
    const values = rows.flatMap(({ value }) => (value === null ? [] : [value]));
    filters.push(...testsOf(field, values));
  }
  return filters;
};

const testsOf = (field: string, values: readonly (string | number)[]): Filter[] => {
  const some = [values[0], values[1], values.at(-1)].filter((value) => value !== undefined);
  switch (filterField(field)?.kind) {
    case 'location':
      return [];
    case 'number':
      return [
        { kind: 'in', field, values: some.map((value) => ({ kind: 'number', number: Number(value) })) },
        { kind: 'in', field, values: [{ kind: 'range', from: 10, to: 1024 }] },
        { kind: 'compare', field, operator: '>=', number: 443 },
      ];
    case 'address':
      return [
        { kind: 'in', field, values: some.map((value) => ({ kind: 'address', address: String(value) })) },
        ...PREFIXES.map((prefix): Filter => ({ kind: 'in', field, values: [{ kind: 'prefix', prefix }] })),
      ];
    default:
      return [
        { kind: 'in', field, values: [...some, 'nowhere'].map((value) => ({ kind: 'text', text: String(value) })) },
        // The one is in a few values, the other in so many that they are looked up.
        { kind: 'contains', field, text: String(some[0] ?? '').slice(-3) },
        { kind: 'contains', field, text: '1' },
      ];
  }
};

const PREFIXES = ['10.0.0.0/8', '10.0.0.0/13', '0.0.0.0/0', '::/0', '2001:db8::/32', '2600:1f00::/24', 'fc00::/7'];

describe('conversations in memory', { timeout: 300_000 }, () => {
  it.each([
    ['v5', 1],
    ['v2', 2],
  ] as const)('answer what the files of a lake of %s records answer', async (format, seed) => {
    const lake = await temporaryLake({ threads: 2 });
    await fill(lake, format, seed);
    const filters = await filtersOf(lake);
    const windowOf = (turn: number): Window => WINDOWS[turn % WINDOWS.length] ?? {};
    const some = fc.constantFrom(...filters);
    const mixed = fc.sample(fc.tuple(some, some, some), { numRuns: 20, seed: 13 });
    const queries = [
      ...WINDOWS.map((window, turn) => everything(undefined, window, turn)),
      ...filters.map((filter, turn) => everything(turn % 2 === 0 ? filter : negate(filter), windowOf(turn), turn)),
      ...mixed.map(([a, b, c], turn) =>
        everything(anyOf([allOf([a, negate(b)]), negate(anyOf([b, negate(c)]))]), windowOf(turn), turn),
      ),
    ];
    const fromFiles = [];
    for (const query of queries) fromFiles.push(await queryDashboard(lake, query));
    expect(fromFiles.filter(({ current }) => current.flows > 0).length).toBeGreaterThan(queries.length / 4);
    const resident = await load(lake);
    let asked = 0;
    const { ask } = resident;
    resident.ask = async (...all) => {
      const answer = await ask.apply(resident, all as never);
      if (answer !== null) asked += 1;
      return answer as never;
    };
    for (const [index, query] of queries.entries()) {
      expect(await queryDashboard(lake, query), JSON.stringify(query.filter)).toEqual(fromFiles[index]);
    }
    expect(asked).toBeGreaterThanOrEqual(queries.length);
    await resident.close();
  });

  it('are of one state: after a commit the files answer until those of the new one are there', async () => {
    const lake = await temporaryLake({ threads: 2 });
    await fill(lake);
    const resident = await load(lake);
    const query = everything();
    const old = await lake.pin();
    const before = await queryDashboard(old, query);
    const signature = resident.table?.signature;
    const other = smallAccount(7, 'v5');
    await ingest(lake, await writeObjects(await temporaryFolder(), other, 1), { geo: someGeography });
    const between = await queryDashboard(lake, query);
    expect(between.current.flows).toBeGreaterThan(before.current.flows);
    expect(resident.table?.signature).toBe(signature);
    expect(await queryDashboard(old, query)).toEqual(before);
    await follow(resident, lake);
    expect(resident.table?.signature).not.toBe(signature);
    expect(await queryDashboard(lake, query)).toEqual(between);
    expect(await queryDashboard(old, query)).toEqual(before);
    // A page that still shows the old state does not bring it back.
    resident.follow({ lake: old, share: () => async () => undefined });
    await resident.settled();
    expect(resident.table?.signature).not.toBe(signature);
    await old.release();
    await resident.close();
  });

  it('keep the newest days that have room; what is older is answered from the files', async () => {
    const lake = await temporaryLake({ threads: 2 });
    await fill(lake);
    const whole = await queryDashboard(lake, everything());
    const resident = await load(lake, { limit: 1 });
    expect(resident.table).toBeNull();
    expect(await queryDashboard(lake, everything())).toEqual(whole);
    await resident.close();
  });

  it('go when they are closed, with what is still being loaded', async () => {
    const lake = await temporaryLake({ threads: 2 });
    await fill(lake);
    let held = 0;
    const resident = new Resident(lake.db, { limit: ROOM });
    const share = () => {
      held += 1;
      return async () => {
        held -= 1;
      };
    };
    resident.follow({ lake, share });
    await resident.close();
    expect([resident.table, held]).toEqual([null, 0]);
    const databases = await lake.db.all<{ database_name: string }>('SELECT database_name FROM duckdb_databases()');
    expect(databases.filter(({ database_name }) => database_name.startsWith('resident'))).toEqual([]);
  });

  it('stop with who asks', async () => {
    const lake = await temporaryLake({ threads: 2 });
    await fill(lake);
    const resident = await load(lake);
    const leave = new AbortController();
    const asked = queryDashboard(lake, { ...everything(), signal: leave.signal });
    leave.abort();
    await expect(asked).rejects.toMatchObject({ name: 'AbortError' });
    await resident.close();
  });
});

describe('pages of records', { timeout: 120_000 }, () => {
  it.each([false, true])('are the whole without gap or repeat, conversations in memory: %s', async (isLoaded) => {
    const lake = await temporaryLake({ threads: 2 });
    await fill(lake);
    const resident = isLoaded ? await load(lake) : null;
    const port: Filter = { kind: 'compare', field: 'service-port', operator: '<', number: 1024 };
    for (const order of ['newest', 'oldest'] as const) {
      for (const filter of [undefined, port]) {
        for (const window of [
          {},
          { from: BEGIN + HOUR, to: MIDNIGHT + HOUR },
          { from: BEGIN + 100, to: MIDNIGHT + 5 },
        ]) {
          const query = { ...window, filter, order };
          const pages = [];
          for (let after: string | undefined; ; ) {
            const { flows, next } = await queryFlowPage(lake, { ...query, limit: 97, after });
            pages.push(...flows);
            if (next === null) break;
            after = next;
          }
          const whole = await queryFlows(lake, query);
          expect(whole.length).toBeGreaterThan(100);
          expect(pages).toEqual(whole);
          expect(await queryFlows(lake, { ...query, limit: 60, offset: 50 })).toEqual(whole.slice(50, 110));
        }
      }
    }
    await resident?.close();
  });
});
