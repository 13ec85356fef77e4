import { queryHistogram } from '@flowfit/lake/queries/histogram';
import { type Route, signalOf } from '../context.ts';
import { histogramAnswer, histogramQuery } from '../contract/traffic.ts';
import { toSelection } from '../scope.ts';

export const histogramRoute: Route = (app, { lake }) => {
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
      const { from, to, stepSeconds, rows } = await queryHistogram(lake, {
        ...toSelection(scope, signalOf(reply)),
        buckets,
        by: 'action',
      });
      return {
        stepSeconds,
        from: from ?? scope.from ?? 0,
        to: to ?? scope.to ?? 0,
        rows: rows.map(({ series, ...row }) => ({ ...row, action: toAction(series) })),
      };
    },
  );
};

const toAction = (series: unknown): 'ACCEPT' | 'REJECT' | null =>
  series === 'ACCEPT' || series === 'REJECT' ? series : null;
