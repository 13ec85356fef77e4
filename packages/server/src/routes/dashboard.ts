import { queryDashboard } from '@flowfit/lake/queries/dashboard';
import type { Route } from '../context.ts';
import { dashboardAnswer, dashboardQuery } from '../contract/traffic.ts';
import { directoryOf } from '../directory.ts';
import { readFieldName } from '../field-name.ts';
import { toSelection } from '../scope.ts';
import { MAP_LISTS, toMapAnswer } from '../traffic/map.ts';
import { PATH_COLUMNS, toPathsAnswer } from '../traffic/paths.ts';
import { toHistogramAnswer, toSummaryAnswer } from '../traffic/summary.ts';
import { toTopAnswer } from '../traffic/top.ts';
import { askerOf } from '../turns/asker.ts';

/** Everything that a refresh of the dashboard shows, in one answer about one state of the lake. */
export const dashboardRoute: Route = (app, context) => {
  app.get(
    '/dashboard',
    {
      schema: {
        summary: 'Figures, histogram, lists, map and paths at once',
        querystring: dashboardQuery,
        response: { 200: dashboardAnswer },
      },
    },
    async (request, reply) => {
      const { fields, by = 'flows', limit = 10, buckets = 120, ...scope } = request.query;
      const names = fields.split(',').map((name) => readFieldName(name.trim()));
      const selection = toSelection(scope);
      return await context.access.query('large', askerOf(request, reply), async ({ lake, signal }) => {
        const answer = await queryDashboard(lake, {
          ...selection,
          signal,
          by,
          buckets,
          lists: [...names.map((field) => ({ field, limit })), ...MAP_LISTS],
          paths: PATH_COLUMNS,
        });
        const directory = await directoryOf(lake);
        return {
          summary: toSummaryAnswer(answer, selection),
          histogram: toHistogramAnswer(answer.histogram, selection),
          lists: names.map((field, index) => toTopAnswer(field, answer.lists[index] ?? [], directory, context)),
          map: toMapAnswer(answer.lists.slice(names.length)),
          paths: toPathsAnswer(answer.paths, directory),
        };
      });
    },
  );
};
