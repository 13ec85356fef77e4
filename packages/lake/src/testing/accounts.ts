/** Small simulated accounts, cut into files. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { InventorySnapshot } from '@flowfit/core/inventory/model';
import { type Format, fieldsOf, simulateAccount } from '@flowfit/testkit/account/account';
import type { AccountOptions } from '@flowfit/testkit/account/options';
import type { GeoLocator } from '../ingest/places.ts';

export interface SmallAccount {
  readonly header: string;
  readonly lines: readonly string[];
  readonly snapshots: readonly InventorySnapshot[];
}

/** Some hours about midnight, with all that an account can do, redeliveries included. */
export const smallAccount = (seed: number, format: Format, more: AccountOptions = {}): SmallAccount => {
  const account = simulateAccount({
    seed,
    start: '2026-06-01T21:00:00Z',
    days: 0.25,
    aggregationInterval: 600,
    interfaces: 24,
    records: 1000,
    publicPeers: 'geographic',
    features: { duplicates: true },
    ...more,
  });
  return { header: fieldsOf(format).join(' '), lines: account.collect(format).lines, snapshots: account.snapshots };
};

/** Writes lines as an object with a header; every other one is compressed. */
export const writeObject = async (
  folder: string,
  index: number,
  header: string,
  lines: readonly string[],
): Promise<string> => {
  const text = [header, ...lines, ''].join('\n');
  const path = join(folder, `${String(index).padStart(4, '0')}.log`);
  await writeFile(path, index % 2 === 0 ? gzipSync(text) : text);
  return path;
};

/** The lines of an account dealt out to as many objects. */
export const writeObjects = async (
  folder: string,
  { header, lines }: Pick<SmallAccount, 'header' | 'lines'>,
  count: number,
): Promise<string[]> =>
  await Promise.all(
    Array.from({ length: count }, (_, nth) =>
      writeObject(
        folder,
        nth,
        header,
        lines.filter((__, index) => index % count === nth),
      ),
    ),
  );

/** A geography of two countries, by the last digit of the address. */
export const someGeography: GeoLocator = {
  locate: (address) => {
    const last = address.charCodeAt(address.length - 1) % 3;
    if (last === 0) return null;
    return {
      countryCode: last === 1 ? 'DE' : 'US',
      countryName: last === 1 ? 'Germany' : 'United States',
      regionCode: null,
      regionName: null,
      city: null,
      latitude: last === 1 ? 51 : 39.5,
      longitude: last === 1 ? 9 : -98.25,
    };
  },
};
