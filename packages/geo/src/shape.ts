/**
 * The two shapes of records in geography databases, and their way to one location.
 *
 * Nested (MaxMind GeoLite2 and GeoIP2, DB-IP's own files):
 * `{country: {iso_code}, subdivisions: [{iso_code, names}], city: {names}, location: {latitude, longitude}}`.
 * Flat (ip-location-db): `{country_code, state1, city, latitude, longitude}`, where numbers may be text and unknown
 * values are empty text.
 */
import type { Location } from '@flowfit/core/enrich/location';

export type GeoRecord = { readonly [key: string]: unknown };

/** The location of a record; null where nothing in it is known, undefined where it has neither shape. */
export const toLocation = (record: GeoRecord): Location | null | undefined => {
  const location = isNested(record) ? fromNested(record) : isFlat(record) ? fromFlat(record) : undefined;
  if (location === undefined) return undefined;
  return Object.values(location).some((value) => value !== null) ? location : null;
};

const isObject = (value: unknown): value is GeoRecord =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** `registered_country` alone is a nested record too: it says who holds the addresses, not where they are. */
const isNested = (record: GeoRecord): boolean =>
  ['country', 'registered_country', 'continent', 'location', 'city'].some((key) => isObject(record[key]));

const isFlat = (record: GeoRecord): boolean => typeof record.country_code === 'string' || 'latitude' in record;

const fromNested = (record: GeoRecord): Location => {
  const countryCode = countryCodeOf(objectOf(record.country).iso_code);
  const subdivision = Array.isArray(record.subdivisions) ? objectOf(record.subdivisions[0]) : {};
  const subdivisionCode = textOf(subdivision.iso_code);
  const { latitude, longitude } = objectOf(record.location);
  return {
    countryCode,
    countryName: countryNameOf(countryCode),
    regionCode: countryCode !== null && subdivisionCode !== null ? `${countryCode}-${subdivisionCode}` : null,
    regionName: englishOf(subdivision),
    city: englishOf(objectOf(record.city)),
    ...pointOf(latitude, longitude),
  };
};

const fromFlat = (record: GeoRecord): Location => {
  const countryCode = countryCodeOf(record.country_code);
  return {
    countryCode,
    countryName: countryNameOf(countryCode),
    regionCode: null,
    regionName: textOf(record.state1),
    city: textOf(record.city),
    ...pointOf(record.latitude, record.longitude),
  };
};

const objectOf = (value: unknown): GeoRecord => (isObject(value) ? value : {});

const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

const englishOf = ({ names }: GeoRecord): string | null => textOf(objectOf(names).en);

/** ISO 3166-1 alpha-2; `ZZ` and words such as `None` mean unknown. */
const countryCodeOf = (value: unknown): string | null => {
  const code = textOf(value)?.toUpperCase() ?? '';
  return /^[A-Z]{2}$/.test(code) && code !== 'ZZ' ? code : null;
};

/** Names come from the engine, so that they are the same whatever the database. */
const NAMES = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' });

const countryNameOf = (code: string | null): string | null => (code === null ? null : (NAMES.of(code) ?? null));

/** Both coordinates or none; 0,0 is how databases without a null say "unknown", and lies in the sea. */
const pointOf = (latitude: unknown, longitude: unknown): Pick<Location, 'latitude' | 'longitude'> => {
  const lat = degreesOf(latitude, 90);
  const lon = degreesOf(longitude, 180);
  const known = lat !== null && lon !== null && (lat !== 0 || lon !== 0);
  return { latitude: known ? lat : null, longitude: known ? lon : null };
};

/** Four digits (11 m) are more than any database knows, and drop the noise of 32-bit floats (37.422000885009766). */
const degreesOf = (value: unknown, limit: number): number | null => {
  const number = typeof value === 'number' ? value : Number.parseFloat(textOf(value) ?? '');
  return Math.abs(number) <= limit ? Math.round(number * 1e4) / 1e4 : null;
};
