import { queryTop, type TopRow } from '@flowfit/lake/queries/top';
import type { Route } from '../context.ts';
import { mapAnswer, mapQuery } from '../contract/traffic.ts';
import { toSelection } from '../scope.ts';
import { MAP_LISTS, toMapAnswer } from '../traffic/map.ts';
import { askerOf } from '../turns/asker.ts';

export const mapRoute: Route = (app, { access }) => {
  app.get(
    '/map',
    { schema: { summary: 'Where sources are', querystring: mapQuery, response: { 200: mapAnswer } } },
    async (request, reply) => {
      const { by = 'flows', ...scope } = request.query;
      const selection = toSelection(scope);
      return await access.query('large', askerOf(request, reply), async ({ lake, signal }) => {
        const lists: (readonly TopRow[])[] = [];
        for (const list of MAP_LISTS) lists.push(await queryTop(lake, { ...selection, ...list, signal, by }));
        return toMapAnswer(lists);
      });
    },
  );
};
