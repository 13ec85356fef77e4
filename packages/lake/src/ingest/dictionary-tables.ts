/** The dictionaries of a batch as tables to join staged records with, by code. */
import { INTEGER, VARCHAR } from '@duckdb/node-api';
import type { Location } from '@flowfit/core/enrich/location';
import type { Dictionaries } from '@flowfit/core/flow/batch';
import { fieldOf } from '@flowfit/core/flow/fields';
import type { Database } from '../database.ts';
import { enumerateTexts } from '../sql/enum.ts';
import { appendColumns, loadDocuments } from '../sql/load.ts';
import { identifier } from '../sql/text.ts';
import type { PlaceColumn } from '../tables/places.ts';
import { loadPlaces } from './places.ts';
import { isNumber } from './staged.ts';

/** Table `(code, text, place)` of all addresses; the place is the code of a row of `PLACES`. */
export const ADDRESSES = 'address_texts';

/** Table of distinct places, see `loadPlaces`. */
export const PLACES = 'batch_places';

/** Table `(code, ids)` of sets of security groups; null where the interface is not known. */
export const GROUP_SETS = 'group_sets';

/** Table `(code, fields)` of maps of fields that no table knows. */
export const OTHER_MAPS = 'other_maps';

/** The table `(code, text)` of a field; null for a missing text. */
export const textsOf = (field: string): string =>
  fieldOf(field)?.type === 'address' ? ADDRESSES : identifier(`texts_of_${field}`);

export interface BatchDictionaries {
  readonly dictionaries: Dictionaries;
  /** That staged tables have, of any of these. */
  readonly fields: Iterable<string>;
  /** Place of each address, by code; 0 = nowhere. */
  readonly places: Int32Array;
  /** By code; the first is nowhere. */
  readonly locations: readonly Location[];
  /** By code; the first is of interfaces that are not known. */
  readonly groupSets: readonly (readonly string[])[];
  /** JSON, by code. */
  readonly otherMaps: readonly string[];
}

export interface DictionaryTables {
  /** The parts of places that are known of any. */
  readonly places: readonly PlaceColumn[];
  drop(): Promise<void>;
}

export const loadDictionaries = async (db: Database, batch: BatchDictionaries): Promise<DictionaryTables> => {
  const { dictionaries } = batch;
  const fields = [...new Set(batch.fields)].filter((field) => !isNumber(field) && textsOf(field) !== ADDRESSES);
  for (const field of fields) await loadTexts(db, textsOf(field), dictionaries.of(field).texts);
  await loadTexts(db, ADDRESSES, dictionaries.addresses.texts, batch.places);
  const places = await loadPlaces(db, PLACES, batch.locations);
  await loadGroupSets(db, batch.groupSets);
  await loadOtherMaps(db, batch.otherMaps);
  const tables = [...fields.map(textsOf), ADDRESSES, PLACES, GROUP_SETS, OTHER_MAPS];
  return {
    places,
    drop: async () => {
      for (const table of tables) await db.run(`DROP TABLE ${table}`);
    },
  };
};

/** @param groupSets as `BatchDictionaries` has them */
export const loadGroupSets = async (db: Database, groupSets: readonly (readonly string[])[]): Promise<void> =>
  await loadDocuments(
    db,
    GROUP_SETS,
    { code: 'INTEGER', ids: ['VARCHAR'] },
    groupSets.map((ids, code) => ({ code, ids: code === 0 ? null : ids })),
  );

const loadTexts = async (db: Database, table: string, texts: readonly string[], places?: Int32Array): Promise<void> => {
  const more = places === undefined ? '' : ', place INTEGER';
  await db.run(`CREATE OR REPLACE TEMP TABLE ${table} (code INTEGER, text VARCHAR${more})`);
  const codes = texts.map((_, code) => code);
  const columns = [codes, texts.map((text, code) => (code === 0 ? null : text))];
  const name = table.replaceAll('"', '');
  if (places === undefined) await appendColumns(db, name, [INTEGER, VARCHAR], columns);
  else await appendColumns(db, name, [INTEGER, VARCHAR, INTEGER], [...columns, codes.map((code) => places[code] ?? 0)]);
  await enumerateTexts(db, table, ['text']);
};

const loadOtherMaps = async (db: Database, maps: readonly string[]): Promise<void> => {
  await loadDocuments(
    db,
    OTHER_MAPS,
    { code: 'INTEGER', map: 'VARCHAR' },
    maps.map((map, code) => ({ code, map })),
  );
  await db.run(
    `CREATE OR REPLACE TEMP TABLE ${OTHER_MAPS} AS SELECT code, CAST(CAST(map AS JSON) AS MAP(VARCHAR, VARCHAR)) AS fields FROM ${OTHER_MAPS}`,
  );
};
