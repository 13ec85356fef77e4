import { expect, it } from 'vitest';
import { PLACE } from '../../test/decorator-kit.ts';
import { cacheLocations, parseGeographySource } from './geography.ts';

it('reads where the database is', () => {
  expect(parseGeographySource('none')).toEqual({ kind: 'none' });
  expect(parseGeographySource('bundled')).toEqual({ kind: 'bundled' });
  expect(parseGeographySource('s3://data/geo/GeoLite2-City.mmdb')).toEqual({
    kind: 's3',
    bucket: 'data',
    key: 'geo/GeoLite2-City.mmdb',
  });
  for (const text of ['', 's3://data', 's3:///key', '/file.mmdb', 'city'])
    expect(parseGeographySource(text)).toBeNull();
});

it('looks every address up once, unknown ones too, and stays within its capacity', () => {
  const asked: string[] = [];
  const locate = cacheLocations((address) => {
    asked.push(address);
    return address === '8.8.8.8' ? PLACE : null;
  }, 2);
  for (const address of ['8.8.8.8', '9.9.9.9', '8.8.8.8', '9.9.9.9']) locate(address);
  expect(asked).toEqual(['8.8.8.8', '9.9.9.9']);
  expect(locate('8.8.8.8')).toBe(PLACE);
  expect(locate('1.1.1.1')).toBeNull();
  locate('8.8.8.8');
  expect(asked).toEqual(['8.8.8.8', '9.9.9.9', '1.1.1.1', '8.8.8.8']);
});
