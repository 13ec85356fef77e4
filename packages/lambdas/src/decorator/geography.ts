/** The geography database of the decorator: in the function's own package, in S3, or none. */
import type { Locate, Location } from '@flowfit/core/enrich/location';

/** Where the MMDB files are. */
export type GeographySource =
  | { readonly kind: 'none' }
  /** Every `.mmdb` file of the folder `geo` beside the handler. */
  | { readonly kind: 'bundled' }
  | { readonly kind: 's3'; readonly bucket: string; readonly key: string };

const S3_URL = /^s3:\/\/([^/]+)\/(.+)$/;

/** Reads `none`, `bundled` or `s3://bucket/key`; null when it is nothing of these. */
export function parseGeographySource(text: string): GeographySource | null {
  if (text === 'none' || text === 'bundled') return { kind: text };
  const [, bucket, key] = S3_URL.exec(text) ?? [];
  return bucket && key ? { kind: 's3', bucket, key } : null;
}

/** Addresses seen lately: look-ups cost about 1.5 µs, and traffic repeats its peers. */
const CACHED_ADDRESSES = 100_000;

/** Remembers places by address; all at once forgotten when full, which keeps the common case free of bookkeeping. */
export function cacheLocations(locate: Locate, capacity = CACHED_ADDRESSES): Locate {
  const places = new Map<string, Location | null>();
  return (address) => {
    const known = places.get(address);
    if (known !== undefined) return known;
    if (places.size >= capacity) places.clear();
    const place = locate(address);
    places.set(address, place);
    return place;
  };
}
