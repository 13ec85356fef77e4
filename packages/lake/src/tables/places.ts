/** Where addresses are, as columns. */
import type { Location } from '@flowfit/core/enrich/location';

/** The parts of a location that are texts, without the prefix `source_` or `destination_`. */
export const PLACE_TEXTS = [
  ['country_code', (place: Location) => place.countryCode],
  ['country_name', (place: Location) => place.countryName],
  ['region_code', (place: Location) => place.regionCode],
  ['region_name', (place: Location) => place.regionName],
  ['city', (place: Location) => place.city],
] as const;

export type PlaceColumn = (typeof PLACE_TEXTS)[number][0] | 'location';

export const PLACE_COLUMNS: readonly PlaceColumn[] = [...PLACE_TEXTS.map(([name]) => name), 'location'];
