/** Geography of addresses from MMDB files on this machine. No look-up ever leaves it. */
import type { Location } from '@flowfit/core/enrich/location';
import { canonicalAddress, parseIpv4 } from '@flowfit/core/net/address';
import { isSpecialPurpose } from '@flowfit/core/net/special';
import { type GeoDatabaseInfo, type Terms, termsOf } from './attribution.ts';
import { type MmdbFile, openMmdb } from './mmdb.ts';
import { type GeoRecord, toLocation } from './shape.ts';

export interface GeoDatabase {
  /**
   * The location of an address; null where the database knows none, where the address is of no particular place
   * (private, link-local, documentation …), and for text that is no address. Some 700,000 IPv4 or 200,000 IPv6
   * look-ups take a second: look up distinct addresses, not records.
   */
  readonly locate: (address: string) => Location | null;
  /** The locations of the distinct addresses among those given. */
  readonly locateAll: (addresses: Iterable<string>) => Map<string, Location | null>;
  readonly info: GeoDatabaseInfo;
}

export interface OpenOptions {
  /** What people call it, where the file itself does not say. */
  readonly name?: string;
  readonly terms?: Terms;
}

/**
 * Opens a database of either shape: one file, or several that cover a family each. Reads them into memory (the city
 * database takes 134 MB). Throws `GeoDatabaseError`.
 *
 * @example openGeoDatabase('GeoLite2-City.mmdb').locate('198.51.100.7') // null: documentation addresses are nowhere
 */
export const openGeoDatabase = (paths: string | readonly string[], options: OpenOptions = {}): GeoDatabase => {
  const files = [paths].flat().map(openMmdb);
  const v4 = files.find(({ metadata }) => metadata.ipVersion === 4) ?? files[0];
  // A look-up of an IPv6 address in an IPv4 tree does not fail: it answers with the place of its first 32 bits.
  const v6 = files.find(({ metadata }) => metadata.ipVersion === 6);
  const known = new WeakMap<GeoRecord, Location | { readonly nowhere: true }>();

  const locationOf = (record: GeoRecord): Location | null => {
    const cached = known.get(record);
    if (cached !== undefined) return 'nowhere' in cached ? null : cached;
    const location = toLocation(record) ?? null;
    known.set(record, location ?? { nowhere: true });
    return location;
  };

  const locate = (address: string): Location | null => {
    const text = parseIpv4(address) >= 0 ? address : canonicalAddress(address);
    if (text === null || isSpecialPurpose(text)) return null;
    const record = (text.includes(':') ? v6 : v4)?.get(text) ?? null;
    return record === null ? null : locationOf(record);
  };

  const locateAll = (addresses: Iterable<string>): Map<string, Location | null> => {
    const locations = new Map<string, Location | null>();
    for (const address of addresses) {
      if (!locations.has(address)) locations.set(address, locate(address));
    }
    return locations;
  };

  return { locate, locateAll, info: infoOf(files, options) };
};

const infoOf = (files: readonly MmdbFile[], { name, terms }: OpenOptions): GeoDatabaseInfo => {
  const databaseType = files[0]?.metadata.databaseType ?? '';
  const built = Math.min(...files.map(({ metadata }) => metadata.buildEpoch.getTime()));
  return {
    name: name ?? databaseType,
    buildDate: new Date(built).toISOString(),
    ...(terms ?? termsOf(databaseType)),
  };
};
