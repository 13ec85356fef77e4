/** Enrichment in SQL against the core's, on random records, inventories and places. */
import { VARCHAR } from '@duckdb/node-api';
import { resolveAdded } from '@flowfit/core/enrich/enrich';
import type { Location } from '@flowfit/core/enrich/location';
import type { FlowRecord } from '@flowfit/core/flow/record';
import { createTimeline } from '@flowfit/core/inventory/timeline';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Database } from '../database.ts';
import { columnOf, STORED_ADDED_FIELDS } from '../sql/columns.ts';
import { appendColumns } from '../sql/load.ts';
import { ADDRESSES, INTERFACE_IDS, inventories, TIMES } from '../testing/inventories.ts';
import { enrichmentSql, type RecordRelation } from './enrich-sql.ts';
import { loadInterfaceVersions } from './interfaces.ts';
import { loadPlaces } from './places.ts';

/** Public in the eyes of the core: the others have no place whatever a database says. */
const PLACES = ['8.8.8.8', '1.1.1.1', '2606:4700::1111'];

const address = fc.constantFrom(null, ...ADDRESSES, ...PLACES);
const FIELDS = {
  'interface-id': fc.constantFrom(null, ...INTERFACE_IDS),
  srcaddr: address,
  dstaddr: address,
  'pkt-srcaddr': address,
  'pkt-dstaddr': address,
  start: fc.constantFrom(null, ...TIMES),
  'flow-direction': fc.constantFrom(null, null, 'ingress', 'egress'),
} as const;

type Name = keyof typeof FIELDS;

const location: fc.Arbitrary<Location> = fc.record({
  countryCode: fc.constantFrom(null, 'DE', 'US'),
  countryName: fc.constantFrom(null, 'Germany'),
  regionCode: fc.constantFrom(null, 'DE-BE'),
  regionName: fc.constantFrom(null, 'Berlin'),
  city: fc.constantFrom(null, 'Berlin', "L'Aquila"),
  latitude: fc.constantFrom(null, 0, 52.5),
  longitude: fc.constantFrom(null, 0, 13.25),
});

const database = fc.dictionary(fc.constantFrom(...ADDRESSES, ...PLACES), location);

const layout = fc.subarray(Object.keys(FIELDS) as Name[], { minLength: 1 });

const recordOf = (names: readonly Name[]): fc.Arbitrary<FlowRecord> =>
  fc.record(Object.fromEntries(names.map((name) => [name, FIELDS[name]])));

let db: Database;
beforeAll(async () => {
  db = await Database.open({ spillTo: '', threads: 1 });
});
afterAll(() => db.close());

const load = async (names: readonly Name[], records: readonly FlowRecord[]): Promise<RecordRelation> => {
  await db.run(
    `CREATE OR REPLACE TEMP TABLE texts (${['id', ...names].map((name) => `"${name}" VARCHAR`).join(', ')})`,
  );
  const columns = names.map((name) => records.map((record) => (record[name] === null ? null : String(record[name]))));
  await appendColumns(
    db,
    'texts',
    [VARCHAR, ...names.map(() => VARCHAR)],
    [records.map((_, id) => String(id)), ...columns],
  );
  const typed = names.map((name) => `"${name}"::${name === 'start' ? 'BIGINT' : 'VARCHAR'} AS ${columnOf(name)}`);
  await db.run(`CREATE OR REPLACE TEMP TABLE records AS SELECT id::INTEGER AS id, ${typed.join(', ')} FROM texts`);
  return { sql: 'records', has: (name) => (names as readonly string[]).includes(name) };
};

const occurring = (names: readonly Name[]) => (ids: string) => {
  const ends = names.filter((name) => name.endsWith('addr'));
  if (ends.length === 0 || !names.includes('interface-id')) {
    return 'SELECT NULL::VARCHAR AS interface_id, NULL::VARCHAR AS address WHERE FALSE';
  }
  return ends
    .map(
      (name) =>
        `SELECT interface_id, ${columnOf(name)} AS address FROM records WHERE list_contains(${ids}, interface_id)`,
    )
    .join(' UNION ALL ');
};

const addressesOf = (names: readonly Name[]): string =>
  [
    'SELECT NULL::VARCHAR AS address WHERE FALSE',
    ...names.filter((name) => name.endsWith('addr')).map((name) => `SELECT ${columnOf(name)} FROM records`),
  ].join(' UNION ');

it('says of every record what the core says', { timeout: 120_000 }, async () => {
  const examples = layout.chain((names) =>
    fc.record({
      names: fc.constant(names),
      records: fc.array(recordOf(names), { minLength: 1, maxLength: 40 }),
      snapshots: inventories,
      places: fc.option(database, { nil: undefined }),
    }),
  );
  await fc.assert(
    fc.asyncProperty(examples, async ({ names, records, snapshots, places }) => {
      const timeline = createTimeline(snapshots);
      const locate = (text: string) => places?.[text] ?? null;
      const relation = await load(names, records);
      await loadInterfaceVersions(db, timeline, occurring(names));
      const placeColumns = await loadPlaces(db, addressesOf(names), places === undefined ? undefined : { locate });
      const { columns, joins } = enrichmentSql(relation, placeColumns);
      const rows = await db.all(
        `SELECT record.id, ${columns.join(', ')} FROM records AS record ${joins} ORDER BY record.id`,
      );
      const expected = records.map((record, id) => {
        const added = resolveAdded(record, { interfaceAt: (eni, at) => timeline.interfaceAt(eni, at), locate });
        return {
          id,
          ...Object.fromEntries(STORED_ADDED_FIELDS.map(({ name }) => [columnOf(name).slice(1, -1), added[name]])),
        };
      });
      const nothing = Object.fromEntries(STORED_ADDED_FIELDS.map(({ name }) => [columnOf(name).slice(1, -1), null]));
      expect(rows.map((row) => ({ ...nothing, ...row }))).toEqual(expected);
    }),
    { numRuns: 150 },
  );
});
