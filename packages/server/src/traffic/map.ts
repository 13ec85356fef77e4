/** Sources as points and countries. */
import type { TopRow } from '@flowfit/lake/queries/top';
import type { MapAnswer } from '../contract/traffic.ts';
import { countryName } from '../country-name.ts';

/** The lists that a map is made of: a map of the world cannot show more points apart; ISO 3166-1 has 249 countries. */
export const MAP_LISTS = [
  { field: 'source-location', limit: 1000 },
  { field: 'source-country-code', limit: 300 },
] as const;

/** @param lists of `MAP_LISTS` */
export const toMapAnswer = ([places = [], countries = []]: readonly (readonly TopRow[])[]): MapAnswer => {
  const unlocated = countries.find(({ value }) => value === null);
  return {
    points: places.flatMap(({ value, ...measures }) => {
      const point = toPoint(value);
      return point === null ? [] : [{ ...point, ...measures }];
    }),
    countries: countries.flatMap(({ value, ...measures }) =>
      typeof value === 'string' ? [{ code: value, name: countryName(value), ...measures }] : [],
    ),
    unlocated: {
      flows: unlocated?.flows ?? 0,
      packets: unlocated?.packets ?? 0,
      bytes: unlocated?.bytes ?? 0,
    },
  };
};

/** `52.5,13.4` */
const toPoint = (value: unknown): { readonly lat: number; readonly lon: number } | null => {
  if (typeof value !== 'string') return null;
  const [lat, lon] = value.split(',').map(Number);
  return lat === undefined || lon === undefined || Number.isNaN(lat + lon) ? null : { lat, lon };
};
