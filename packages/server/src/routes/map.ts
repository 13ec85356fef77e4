import { queryTop } from '@flowfit/lake/queries/top';
import type { Route } from '../context.ts';
import { mapAnswer, mapQuery } from '../contract/traffic.ts';
import { countryName } from '../country-name.ts';
import { toSelection } from '../scope.ts';
import { askerOf } from '../turns/asker.ts';

/** A map of the world cannot show more apart. */
const MAX_POINTS = 1000;
/** ISO 3166-1 has 249. */
const MAX_COUNTRIES = 300;

export const mapRoute: Route = (app, { access }) => {
  app.get(
    '/map',
    { schema: { summary: 'Where sources are', querystring: mapQuery, response: { 200: mapAnswer } } },
    async (request, reply) => {
      const { by = 'flows', ...scope } = request.query;
      const selection = toSelection(scope);
      const { places, countries } = await access.query('large', askerOf(request, reply), async ({ lake, signal }) => {
        return {
          places: await queryTop(lake, { ...selection, signal, field: 'source-location', by, limit: MAX_POINTS }),
          countries: await queryTop(lake, {
            ...selection,
            signal,
            field: 'source-country-code',
            by,
            limit: MAX_COUNTRIES,
          }),
        };
      });
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
    },
  );
};

/** `52.5,13.4` */
const toPoint = (value: unknown): { readonly lat: number; readonly lon: number } | null => {
  if (typeof value !== 'string') return null;
  const [lat, lon] = value.split(',').map(Number);
  return lat === undefined || lon === undefined || Number.isNaN(lat + lon) ? null : { lat, lon };
};
