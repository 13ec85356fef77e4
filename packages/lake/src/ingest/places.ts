/** Distinct places as a table to join records with. */
import { DOUBLE, INTEGER, VARCHAR } from '@duckdb/node-api';
import type { Location } from '@flowfit/core/enrich/location';
import type { Database } from '../database.ts';
import { enumerateTexts } from '../sql/enum.ts';
import { appendColumns } from '../sql/load.ts';
import { identifier } from '../sql/text.ts';
import { PLACE_TEXTS, type PlaceColumn } from '../tables/places.ts';

/** What the lake asks of a geography database. */
export interface GeoLocator {
  locate(address: string): Location | null;
}

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
  const texts = PLACE_TEXTS.map(([name]) => `${name} VARCHAR`).join(', ');
  await db.run(`CREATE OR REPLACE TEMP TABLE ${table} (code INTEGER, ${texts}, latitude DOUBLE, longitude DOUBLE)`);
  // A point has both coordinates or none.
  const points = locations.map(({ latitude, longitude }) =>
    latitude === null || longitude === null ? [null, null] : [latitude, longitude],
  );
  await appendColumns(
    db,
    table,
    [INTEGER, ...PLACE_TEXTS.map(() => VARCHAR), DOUBLE, DOUBLE],
    [
      locations.map((_, code) => code),
      ...PLACE_TEXTS.map(([, partOf]) => locations.map(partOf)),
      points.map(([latitude]) => latitude as number | null),
      points.map(([, longitude]) => longitude as number | null),
    ],
  );
  await enumerateTexts(
    db,
    table,
    PLACE_TEXTS.map(([name]) => name),
  );
  const filled = PLACE_TEXTS.filter(([, partOf]) => locations.some((place) => partOf(place) !== null));
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
