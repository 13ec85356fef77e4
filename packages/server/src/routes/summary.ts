import { querySummaryPair } from '@flowfit/lake/queries/summary';
import type { Route } from '../context.ts';
import { scopeQuery } from '../contract/common.ts';
import { summaryAnswer } from '../contract/traffic.ts';
import { toSelection } from '../scope.ts';
import { toSummaryAnswer } from '../traffic/summary.ts';
import { askerOf } from '../turns/asker.ts';

/** The figures of a window, and those of the same length of time just before. */
export const summaryRoute: Route = (app, { access }) => {
  app.get(
    '/summary',
    {
      schema: {
        summary: 'The figures of a window and of the one before',
        querystring: scopeQuery,
        response: { 200: summaryAnswer },
      },
    },
    async (request, reply) => {
      const selection = toSelection(request.query);
      return await access.query('large', askerOf(request, reply), async ({ lake, signal }) =>
        toSummaryAnswer(await querySummaryPair(lake, { ...selection, signal }), selection),
      );
    },
  );
};
