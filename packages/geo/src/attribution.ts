/** Whose data is shown, under which licence, and what must stand beside it. */

export interface GeoDatabaseInfo {
  /** What people call the database, such as `DB-IP City Lite`. */
  readonly name: string;
  /** When it was built, ISO 8601, UTC: of several files the oldest. */
  readonly buildDate: string;
  /** The sentence to show wherever results are shown; null where none is asked for. */
  readonly attribution: string | null;
  /** Where that sentence must link to. */
  readonly link: string | null;
  /** SPDX id, or the name of the terms; null where the file does not tell. */
  readonly licence: string | null;
}

export type Terms = Pick<GeoDatabaseInfo, 'attribution' | 'link' | 'licence'>;

/** The words that DB-IP asks for, with a link back, on every page that shows results. */
export const DB_IP: Terms = {
  attribution: 'IP Geolocation by DB-IP',
  link: 'https://db-ip.com',
  licence: 'CC-BY-4.0',
};

export const IPTOASN: Terms = {
  attribution: 'Country data by IPtoASN',
  link: 'https://iptoasn.com',
  licence: 'PDDL-1.0',
};

const GEOLITE: Terms = {
  attribution: 'This product includes GeoLite Data created by MaxMind, available from https://www.maxmind.com.',
  link: 'https://www.maxmind.com',
  licence: 'GeoLite End User License Agreement',
};

const UNKNOWN: Terms = { attribution: null, link: null, licence: null };

/** Terms of a user's own file, by the type it names in its metadata (`GeoLite2-City`, `DBIP-City-Lite`). */
export const termsOf = (databaseType: string): Terms => {
  if (/^GeoLite/i.test(databaseType)) return GEOLITE;
  if (/^DBIP-.*Lite/i.test(databaseType)) return DB_IP;
  return UNKNOWN;
};
