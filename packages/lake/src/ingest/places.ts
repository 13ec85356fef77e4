/** Distinct places as a table to join records with. */
import { DOUBLE, INTEGER, VARCHAR } from '@duckdb/node-api';
import type { Location } from '@flowfit/core/enrich/location';
import type { Database } from '../database.ts';
import { enumerateTexts } from '../sql/enum.ts';
import { appendColumns } from '../sql/load.ts';
import { identifier } from '../sql/text.ts';

/** What the lake asks of a geography database. */
export interface GeoLocator {
  locate(address: string): Location | null;
}

/** The parts of a location as columns, without the prefix `source_` or `destination_`. */
const PLACE_COLUMNS = [
  ['country_code', (place: Location) => place.countryCode],
  ['country_name', (place: Location) => place.countryName],
  ['region_code', (place: Location) => place.regionCode],
  ['region_name', (place: Location) => place.regionName],
  ['city', (place: Location) => place.city],
] as const;

export type PlaceColumn = (typeof PLACE_COLUMNS)[number][0] | 'location';

/**
 * Makes the temporary table `(code, country_code, …, latitude, longitude)`; the code is the index of the place.
 *
 * @returns the columns that hold anything: a database of countries leaves most of them empty
 */
export const loadPlaces = async (
  db: Database,
  table: string,
  locations: readonly Location[],
): Promise<PlaceColumn[]> => {
  const texts = PLACE_COLUMNS.map(([name]) => `${name} VARCHAR`).join(', ');
  await db.run(`CREATE OR REPLACE TEMP TABLE ${table} (code INTEGER, ${texts}, latitude DOUBLE, longitude DOUBLE)`);
  // A point has both coordinates or none.
  const points = locations.map(({ latitude, longitude }) =>
    latitude === null || longitude === null ? [null, null] : [latitude, longitude],
  );
  await appendColumns(
    db,
    table,
    [INTEGER, ...PLACE_COLUMNS.map(() => VARCHAR), DOUBLE, DOUBLE],
    [
      locations.map((_, code) => code),
      ...PLACE_COLUMNS.map(([, partOf]) => locations.map(partOf)),
      points.map(([latitude]) => latitude as number | null),
      points.map(([, longitude]) => longitude as number | null),
    ],
  );
  await enumerateTexts(
    db,
    table,
    PLACE_COLUMNS.map(([name]) => name),
  );
  const filled = PLACE_COLUMNS.filter(([, partOf]) => locations.some((place) => partOf(place) !== null));
  const names: PlaceColumn[] = filled.map(([name]) => name);
  return points.some(([latitude]) => latitude !== null) ? [...names, 'location'] : names;
};

/** The columns of one end of a record, from the table joined as `alias`. */
export const placeColumns = (columns: readonly PlaceColumn[], alias: 'source' | 'destination'): string[] =>
  columns.map((column) => {
    const name = identifier(`${alias}_${column}`);
    if (column !== 'location') return `${alias}.${column} AS ${name}`;
    return `CASE WHEN ${alias}.latitude IS NOT NULL THEN {'lat': ${alias}.latitude, 'lon': ${alias}.longitude} END AS ${name}`;
  });
