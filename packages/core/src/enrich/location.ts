/** Geography of addresses. The database is an edge's; which addresses have a place at all is decided here. */
import { isSpecialPurpose } from '../net/special.ts';
import type { Point } from './added.ts';

/** What a geography database knows of an address. Unknown is null, never 0 or an empty text. */
export interface Location {
  /** ISO 3166-1 alpha-2. */
  readonly countryCode: string | null;
  readonly countryName: string | null;
  /** ISO 3166-2. */
  readonly regionCode: string | null;
  readonly regionName: string | null;
  readonly city: string | null;
  /** Degrees. */
  readonly latitude: number | null;
  readonly longitude: number | null;
}

/** Look-up in a geography database; null = the database does not know the address. */
export type Locate = (address: string) => Location | null;

/** All unknown. */
export const NOWHERE: Location = {
  countryCode: null,
  countryName: null,
  regionCode: null,
  regionName: null,
  city: null,
  latitude: null,
  longitude: null,
};

/** The location of an address; private, shared, link-local, documentation and the like are nowhere. */
export const locateAddress = (address: string | null, locate: Locate): Location =>
  (address === null || isSpecialPurpose(address) ? null : locate(address)) ?? NOWHERE;

/** The point of a location where both of its coordinates are known. */
export const toPoint = ({ latitude, longitude }: Location): Point | null =>
  latitude === null || longitude === null ? null : { lat: latitude, lon: longitude };
