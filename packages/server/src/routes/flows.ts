import { queryFlows } from '@flowfit/lake/queries/flows';
import { type Route, signalOf } from '../context.ts';
import { flowsAnswer, flowsQuery } from '../contract/records.ts';
import { toSelection } from '../scope.ts';

export const flowsRoute: Route = (app, { lake }) => {
  app.get(
    '/flows',
    { schema: { summary: 'Flow records with all fields', querystring: flowsQuery, response: { 200: flowsAnswer } } },
    async (request, reply) => {
      const { limit = 100, offset = 0, order = 'newest', ...scope } = request.query;
      const flows = await queryFlows(lake, { ...toSelection(scope, signalOf(reply)), limit, offset, order });
      return { schema: 'flowfit.flows/1' as const, flows };
    },
  );
};
