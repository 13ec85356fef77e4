import { queryTop } from '@flowfit/lake/queries/top';
import type { Route } from '../context.ts';
import { topAnswer, topQuery } from '../contract/traffic.ts';
import { directoryOf } from '../directory.ts';
import { readFieldName } from '../field-name.ts';
import { toSelection } from '../scope.ts';
import { toTopAnswer } from '../traffic/top.ts';
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
        return toTopAnswer(field, rows, await directoryOf(lake), context);
      });
    },
  );
};
