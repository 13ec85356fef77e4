import { queryTop, type TopRow } from '@flowfit/lake/queries/top';
import type { Context, Route } from '../context.ts';
import { topAnswer, topQuery } from '../contract/traffic.ts';
import { countryName } from '../country-name.ts';
import { type Directory, directoryOf } from '../directory.ts';
import { readFieldName } from '../field-name.ts';
import { toSelection } from '../scope.ts';
import { askerOf } from '../turns/asker.ts';

export const topRoute: Route = (app, context) => {
  app.get(
    '/top',
    {
      schema: {
        summary: 'The values of a field with the most traffic',
        querystring: topQuery,
        response: { 200: topAnswer },
      },
    },
    async (request, reply) => {
      const { field: name, by = 'flows', limit = 10, ...scope } = request.query;
      const field = readFieldName(name);
      const selection = toSelection(scope);
      return await context.access.query('large', askerOf(request, reply), async ({ lake, signal }) => {
        const rows = await queryTop(lake, { ...selection, signal, field, by, limit });
        const directory = await directoryOf(lake);
        return { field, rows: rows.map((row) => describe(field, row, directory, context)) };
      });
    },
  );
};

const ADDRESSES = new Set(['srcaddr', 'dstaddr', 'pkt-srcaddr', 'pkt-dstaddr', 'local-address', 'peer-address']);
const COUNTRIES = new Set(['source-country-code', 'destination-country-code']);

const describe = (field: string, row: TopRow, directory: Directory, { geography }: Context) => {
  const { value, flows, packets, bytes } = row;
  const unknown = { name: null, owner: null, countryCode: null, countryName: null };
  const measured = { value, flows, packets, bytes, ...unknown };
  if (typeof value !== 'string') return measured;
  if (COUNTRIES.has(field)) return { ...measured, name: countryName(value) };
  if (!ADDRESSES.has(field)) return { ...measured, name: directory.nameOf(value) };
  const location = geography?.locate(value) ?? null;
  return {
    ...measured,
    owner: directory.ownerOf(value),
    countryCode: location?.countryCode ?? null,
    countryName: location?.countryName ?? null,
  };
};
