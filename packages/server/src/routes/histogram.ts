import { queryHistogram } from '@flowfit/lake/queries/histogram';
import type { Route } from '../context.ts';
import { histogramAnswer, histogramQuery } from '../contract/traffic.ts';
import { toSelection } from '../scope.ts';
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
      const { from, to, stepSeconds, rows } = await access.query('large', askerOf(request, reply), ({ lake, signal }) =>
        queryHistogram(lake, { ...selection, signal, buckets, by: 'action' }),
      );
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
