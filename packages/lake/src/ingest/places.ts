/** Geography as a table to join records with: distinct addresses are looked up, not records. */
import { DOUBLE, VARCHAR } from '@duckdb/node-api';
import { type Locate, type Location, locateAddress } from '@flowfit/core/enrich/location';
import type { Database } from '../database.ts';
import { appendColumns } from '../sql/load.ts';
import { identifier } from '../sql/text.ts';

/** What the lake asks of a geography database. */
export interface GeoLocator {
  locate(address: string): Location | null;
}

/** The parts of a location as columns, without the prefix `source_` or `destination_`. */
const PLACE_COLUMNS = [
  ['country_code', 'VARCHAR', (place: Location) => place.countryCode],
  ['country_name', 'VARCHAR', (place: Location) => place.countryName],
  ['region_code', 'VARCHAR', (place: Location) => place.regionCode],
  ['region_name', 'VARCHAR', (place: Location) => place.regionName],
  ['city', 'VARCHAR', (place: Location) => place.city],
] as const;

export type PlaceColumn = (typeof PLACE_COLUMNS)[number][0] | 'location';

/**
 * Makes the temporary table `places (address, country_code, …, location)` of the addresses that are somewhere.
 *
 * @param addresses query of distinct addresses, in a column `address`
 * @returns the columns that hold anything: a database of countries leaves most of them empty
 */
export const loadPlaces = async (
  db: Database,
  addresses: string,
  locator: GeoLocator | undefined,
): Promise<PlaceColumn[]> => {
  await db.run(
    `CREATE OR REPLACE TEMP TABLE places (address VARCHAR, ${PLACE_COLUMNS.map(([name, type]) => `${name} ${type}`).join(', ')}, latitude DOUBLE, longitude DOUBLE)`,
  );
  if (locator === undefined) return [];
  const locate: Locate = (address) => locator.locate(address);
  const rows = await db.all<{ address: string }>(`SELECT address FROM (${addresses}) WHERE NOT (${SURELY_PRIVATE})`);
  const found: { address: string; place: Location }[] = [];
  for (const { address } of rows) {
    const place = locateAddress(address, locate);
    if (Object.values(place).some((part) => part !== null)) found.push({ address, place });
  }
  const columns = [
    found.map(({ address }) => address),
    ...PLACE_COLUMNS.map(([, , partOf]) => found.map(({ place }) => partOf(place))),
    found.map(({ place }) => (place.longitude === null ? null : place.latitude)),
    found.map(({ place }) => (place.latitude === null ? null : place.longitude)),
  ];
  const types = [VARCHAR, ...PLACE_COLUMNS.map(() => VARCHAR), DOUBLE, DOUBLE];
  await appendColumns(db, 'places', types, columns);
  const filled = PLACE_COLUMNS.filter(([, , partOf]) => found.some(({ place }) => partOf(place) !== null));
  const names: PlaceColumn[] = filled.map(([name]) => name);
  return found.some(({ place }) => place.latitude !== null) ? [...names, 'location'] : names;
};

/** The columns of one end of a record, from the table joined as `alias`. */
export const placeColumns = (columns: readonly PlaceColumn[], alias: 'source' | 'destination'): string[] =>
  columns.map((column) => {
    const name = identifier(`${alias}_${column}`);
    if (column !== 'location') return `${alias}.${column} AS ${name}`;
    return `CASE WHEN ${alias}.latitude IS NOT NULL THEN {'lat': ${alias}.latitude, 'lon': ${alias}.longitude} END AS ${name}`;
  });

/** Most addresses of flow logs: passed over here only to save the look-up, which would find nothing either. */
const SURELY_PRIVATE = `address LIKE '10.%' OR address LIKE '192.168.%' OR address LIKE '169.254.%'`;
