import { describe, expect, it } from 'vitest';
import { toLocation } from './shape.ts';

const NOTHING = {
  countryCode: null,
  countryName: null,
  regionCode: null,
  regionName: null,
  city: null,
  latitude: null,
  longitude: null,
};

describe('toLocation', () => {
  it('reads the nested shape; the region code is that of ISO 3166-2', () => {
    const record = {
      city: { geoname_id: 1, names: { de: 'Genf', en: 'Geneva' } },
      continent: { code: 'EU' },
      country: { iso_code: 'CH', names: { en: 'a name of its own' } },
      location: { accuracy_radius: 20, latitude: 46.2044, longitude: 6.1432 },
      registered_country: { iso_code: 'US' },
      subdivisions: [{ iso_code: 'GE', names: { en: 'Geneva' } }, { iso_code: 'XX' }],
    };
    expect(toLocation(record)).toEqual({
      countryCode: 'CH',
      countryName: 'Switzerland',
      regionCode: 'CH-GE',
      regionName: 'Geneva',
      city: 'Geneva',
      latitude: 46.2044,
      longitude: 6.1432,
    });
  });

  it('reads the flat shape, whether numbers are numbers or text', () => {
    const record = { country_code: 'US', state1: 'California', state2: '', city: 'Mountain View', timezone: '' };
    const location = {
      countryCode: 'US',
      countryName: 'United States',
      regionCode: null,
      regionName: 'California',
      city: 'Mountain View',
      latitude: 37.422,
      longitude: -122.085,
    };
    expect(toLocation({ ...record, latitude: 37.422000885009766, longitude: -122.08499908447266 })).toEqual(location);
    expect(toLocation({ ...record, latitude: '37.4220', longitude: '-122.0850' })).toEqual(location);
    expect(toLocation({ country_code: 'de' })).toEqual({ ...NOTHING, countryCode: 'DE', countryName: 'Germany' });
  });

  it.each([
    ['0,0', { latitude: 0, longitude: 0 }],
    ['0,0 as text', { latitude: '0', longitude: '0.0000' }],
    ['half a point', { latitude: 12.5, longitude: '' }],
    ['beyond the poles', { latitude: 91, longitude: 5 }],
    ['no number', { latitude: 'n/a', longitude: 'n/a' }],
  ])('takes %s as unknown', (_case, point) => {
    expect(toLocation({ country_code: 'FR', ...point })).toMatchObject({
      countryCode: 'FR',
      latitude: null,
      longitude: null,
    });
  });

  it('keeps points on the equator and on the prime meridian', () => {
    expect(toLocation({ country_code: 'GA', latitude: 0, longitude: 9.45 })).toMatchObject({
      latitude: 0,
      longitude: 9.45,
    });
    expect(toLocation({ country_code: 'GB', latitude: 51.48, longitude: 0 })).toMatchObject({
      latitude: 51.48,
      longitude: 0,
    });
  });

  it.each(['', 'None', 'ZZ', '-', 'A1', 'EUR'])('takes the country code %j as unknown', (code) => {
    expect(toLocation({ country_code: code })).toBeNull();
  });

  it('does not take the country of registration for the place', () => {
    expect(toLocation({ registered_country: { iso_code: 'US' } })).toBeNull();
  });

  it('keeps a country code that has no name', () => {
    expect(toLocation({ country_code: 'QQ' })).toEqual({ ...NOTHING, countryCode: 'QQ' });
  });

  it('knows records that are no geography', () => {
    expect(toLocation({ autonomous_system_number: 64496, autonomous_system_organization: 'Example' })).toBeUndefined();
  });
});
