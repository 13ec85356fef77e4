/** Places of addresses, looked up once for each distinct address. */
import type { Dictionary } from '../flow/batch.ts';
import { grown } from './grow.ts';
import { type Locate, type Location, locateAddress, NOWHERE } from './location.ts';

export class AddressPlaces {
  /** Distinct locations by code. The first is nowhere: private addresses, and those that the database does not know. */
  readonly locations: Location[] = [NOWHERE];
  readonly #codes = new Map<string, number>([[keyOf(NOWHERE), 0]]);
  readonly #addresses: Dictionary;
  readonly #locate: Locate;
  #places = new Int32Array(64);
  /** Addresses looked up so far; code 0 is no address. */
  #known = 1;

  constructor(addresses: Dictionary, locate: Locate) {
    this.#addresses = addresses;
    this.#locate = locate;
  }

  /** Codes of the locations of addresses, by address; the array may be longer. */
  get places(): Int32Array {
    return this.#places;
  }

  /** Looks up the addresses that got a code since the last call. */
  learn(): void {
    const { texts } = this.#addresses;
    this.#places = grown(this.#places, texts.length);
    for (; this.#known < texts.length; this.#known++) {
      this.#places[this.#known] = this.#codeOf(locateAddress(texts[this.#known] as string, this.#locate));
    }
  }

  #codeOf(location: Location): number {
    if (location === NOWHERE) return 0;
    const key = keyOf(location);
    const known = this.#codes.get(key);
    if (known !== undefined) return known;
    this.#codes.set(key, this.locations.length);
    return this.locations.push(location) - 1;
  }
}

function keyOf(place: Location): string {
  const { countryCode, countryName, regionCode, regionName, city, latitude, longitude } = place;
  return JSON.stringify([countryCode, countryName, regionCode, regionName, city, latitude, longitude]);
}
