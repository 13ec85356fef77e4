import { queryFlowPage } from '@flowfit/lake/queries/flows';
import type { Route } from '../context.ts';
import { flowsAnswer, flowsQuery } from '../contract/records.ts';
import { toSelection } from '../scope.ts';
import { askerOf } from '../turns/asker.ts';

export const flowsRoute: Route = (app, { access }) => {
  app.get(
    '/flows',
    { schema: { summary: 'Flow records with all fields', querystring: flowsQuery, response: { 200: flowsAnswer } } },
    async (request, reply) => {
      const { limit = 100, offset = 0, order = 'newest', after, ...scope } = request.query;
      const selection = toSelection(scope);
      const { flows, next } = await access.query('large', askerOf(request, reply), ({ lake, signal }) =>
        queryFlowPage(lake, { ...selection, signal, limit, offset, order, after }),
      );
      return { schema: 'flowfit.flows/1' as const, flows, next };
    },
  );
};
