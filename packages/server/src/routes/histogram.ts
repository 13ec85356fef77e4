import { queryHistogram } from '@flowfit/lake/queries/histogram';
import type { Route } from '../context.ts';
import { histogramAnswer, histogramQuery } from '../contract/traffic.ts';
import { toSelection } from '../scope.ts';
import { toHistogramAnswer } from '../traffic/summary.ts';
import { askerOf } from '../turns/asker.ts';

export const histogramRoute: Route = (app, { access }) => {
  app.get(
    '/histogram',
    {
      schema: {
        summary: 'Traffic over time by action',
        querystring: histogramQuery,
        response: { 200: histogramAnswer },
      },
    },
    async (request, reply) => {
      const { buckets = 120, ...scope } = request.query;
      const selection = toSelection(scope);
      const histogram = await access.query('large', askerOf(request, reply), ({ lake, signal }) =>
        queryHistogram(lake, { ...selection, signal, buckets, by: 'action' }),
      );
      return toHistogramAnswer(histogram, selection);
    },
  );
};
