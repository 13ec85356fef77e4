import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type MmdbPlan, writeMmdb } from '../test/write-mmdb.ts';
import { findBundledDatabases, openBestGeoDatabase } from './bundled.ts';
import { type GeoDatabase, openGeoDatabase } from './database.ts';
import { GeoDatabaseError } from './error.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'flowfit-geo-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const write = (name: string, content: Buffer | string): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

/** Networks of public resolvers, since documentation networks have no geography by definition. */
const CITY: MmdbPlan = {
  databaseType: 'GeoLite2-City',
  ipVersion: 6,
  buildEpoch: 1_767_225_600,
  networks: {
    '8.8.8.0/24': {
      city: { names: { en: 'Springfield' } },
      country: { iso_code: 'US' },
      subdivisions: [{ iso_code: 'IL', names: { en: 'Illinois' } }],
      location: { latitude: 39.8, longitude: -89.65 },
    },
    '192.0.2.0/24': { country: { iso_code: 'US' } },
    '2001:4860::/32': { country: { iso_code: 'NL' } },
  },
};

const COUNTRY_V4: MmdbPlan = {
  databaseType: 'country ipv4',
  ipVersion: 4,
  buildEpoch: 1_767_225_600,
  networks: { '8.0.0.0/8': { country_code: 'US' }, '32.0.0.0/8': { country_code: 'FR' } },
};
const COUNTRY_V6: MmdbPlan = {
  databaseType: 'country ipv6',
  ipVersion: 6,
  buildEpoch: 1_767_139_200,
  networks: { '2001:4860::/32': { country_code: 'NL' } },
};

const errorOf = (action: () => unknown): { code: string; message: string } => {
  try {
    action();
  } catch (error) {
    if (error instanceof GeoDatabaseError) return { code: error.code, message: error.message };
    throw error;
  }
  throw new Error('nothing was thrown');
};

describe('a database of the nested shape', () => {
  const open = () => openGeoDatabase(write('city.mmdb', writeMmdb(CITY)));

  it('locates IPv4, IPv6 and mapped addresses', () => {
    const { locate } = open();
    const springfield = {
      countryCode: 'US',
      countryName: 'United States',
      regionCode: 'US-IL',
      regionName: 'Illinois',
      city: 'Springfield',
      latitude: 39.8,
      longitude: -89.65,
    };
    expect(locate('8.8.8.8')).toEqual(springfield);
    expect(locate('::ffff:8.8.8.8')).toEqual(springfield);
    expect(locate('2001:4860:4860::8888')).toMatchObject({ countryCode: 'NL', city: null });
  });

  it('says nothing of addresses that it does not hold, special ones, and text', () => {
    const { locate } = open();
    for (const address of [
      '8.8.9.1',
      '2a00::1',
      '10.0.0.1',
      '192.0.2.1',
      '169.254.169.254',
      '2001:db8::1',
      'fe80::1',
      '',
      '8.8.8',
      '-',
    ]) {
      expect(locate(address), address).toBeNull();
    }
  });

  it('names itself, its build date and its terms', () => {
    expect(open().info).toEqual({
      name: 'GeoLite2-City',
      buildDate: '2026-01-01T00:00:00.000Z',
      attribution: expect.stringContaining('MaxMind'),
      link: 'https://www.maxmind.com',
      licence: 'GeoLite End User License Agreement',
    });
  });

  it('looks up each distinct address once', () => {
    const locations = open().locateAll(['8.8.8.8', '10.0.0.1', '8.8.8.8']);
    expect([...locations].map(([address, location]) => [address, location?.city ?? null])).toEqual([
      ['8.8.8.8', 'Springfield'],
      ['10.0.0.1', null],
    ]);
  });
});

describe('a database of two files', () => {
  const v4 = () => write('v4.mmdb', writeMmdb(COUNTRY_V4));
  const v6 = () => write('v6.mmdb', writeMmdb(COUNTRY_V6));

  it('asks the file of the family, in whatever order they are given', () => {
    for (const paths of [
      [v4(), v6()],
      [v6(), v4()],
    ]) {
      const { locate, info } = openGeoDatabase(paths);
      expect(locate('8.8.8.8')?.countryCode).toBe('US');
      expect(locate('2001:4860::1')?.countryCode).toBe('NL');
      expect(info.buildDate).toBe('2025-12-31T00:00:00.000Z');
    }
  });

  it('does not look for an IPv6 address in an IPv4 file', () => {
    // The first 32 bits of 2001:… are those of 32.1.0.0, which the file places in France.
    expect(openGeoDatabase(v4()).locate('2001:4860::1')).toBeNull();
  });
});

describe('a file that cannot be used', () => {
  it('is named with the remedy', () => {
    const missing = join(folder, 'missing.mmdb');
    expect(errorOf(() => openGeoDatabase(missing))).toEqual({
      code: 'geo-file-missing',
      message: `Cannot read the geography database ${missing}: there is no such file.`,
    });
    expect(errorOf(() => openGeoDatabase(folder)).code).toBe('geo-file-missing');
  });

  it.each([
    ['empty', () => Buffer.alloc(0)],
    ['text', () => 'country_code,city\n'],
    ['cut off', () => writeMmdb(CITY).subarray(0, -200)],
    ['without its head', () => writeMmdb(CITY).subarray(600)],
  ])('is refused when it is %s', (name, content) => {
    const path = write(`${name}.mmdb`, content());
    expect(errorOf(() => openGeoDatabase(path))).toEqual({
      code: 'geo-not-mmdb',
      message: expect.stringContaining(`${path} is no MMDB file, or was cut off`),
    });
  });

  it('is refused when it holds no geography', () => {
    const networks = { '8.0.0.0/8': { autonomous_system_number: 64496 } };
    const path = write('asn.mmdb', writeMmdb({ ...CITY, databaseType: 'GeoLite2-ASN', networks }));
    expect(errorOf(() => openGeoDatabase(path))).toEqual({
      code: 'geo-unknown-shape',
      message: expect.stringContaining('(GeoLite2-ASN) holds no geography: its records have autonomous_system_number.'),
    });
  });
});

describe('the databases that come along', () => {
  const installed = findBundledDatabases();
  const open = (level: string): GeoDatabase => {
    const database = installed.find((one) => one.level === level);
    if (database === undefined) throw new Error(`no ${level} database`);
    return openGeoDatabase(database.paths, database);
  };

  it('country: always there, both families, free to use', () => {
    const { locate, info } = open('country');
    expect(locate('8.8.8.8')).toMatchObject({
      countryCode: 'US',
      countryName: 'United States',
      city: null,
      latitude: null,
    });
    expect(locate('2001:4860:4860::8888')?.countryCode).toBe('US');
    expect(locate('10.0.0.1')).toBeNull();
    expect(info).toMatchObject({ name: 'IPtoASN Country', licence: 'PDDL-1.0', link: 'https://iptoasn.com' });
    expect(info.buildDate).toMatch(/^2026-06-/);
  });

  it.skipIf(!installed.some(({ level }) => level === 'city'))(
    'city: both families, with the link that its licence asks for (skipped where the optional package is not installed)',
    () => {
      const { locate, info } = open('city');
      expect(locate('8.8.8.8')).toEqual({
        countryCode: 'US',
        countryName: 'United States',
        regionCode: null,
        regionName: 'California',
        city: 'Mountain View',
        latitude: 37.422,
        longitude: -122.085,
      });
      expect(locate('2001:4860:4860::8888')?.countryCode).toBe('CA');
      expect(info).toMatchObject({
        attribution: 'IP Geolocation by DB-IP',
        link: 'https://db-ip.com',
        licence: 'CC-BY-4.0',
      });
    },
  );

  it("a user's own file goes before them", () => {
    const userFile = write('own.mmdb', writeMmdb({ ...COUNTRY_V4, databaseType: 'own' }));
    expect(openBestGeoDatabase({ userFile }).info).toMatchObject({ name: 'own', attribution: null, licence: null });
  });

  it('are looked for from the place of the module that asks', () => {
    expect(findBundledDatabases(join(folder, 'elsewhere.mjs'))).toEqual([]);
    expect(errorOf(() => openBestGeoDatabase({ base: join(folder, 'elsewhere.mjs') }))).toEqual({
      code: 'geo-file-missing',
      message: expect.stringContaining('--geoip FILE'),
    });
  });
});
