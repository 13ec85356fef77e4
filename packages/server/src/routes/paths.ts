import { queryPaths } from '@flowfit/lake/queries/paths';
import type { Route } from '../context.ts';
import { pathsAnswer, pathsQuery } from '../contract/traffic.ts';
import { directoryOf } from '../directory.ts';
import { toSelection } from '../scope.ts';
import { PATH_COLUMNS, toPathsAnswer } from '../traffic/paths.ts';
import { askerOf } from '../turns/asker.ts';

export const pathsRoute: Route = (app, { access }) => {
  app.get(
    '/paths',
    {
      schema: {
        summary: 'Traffic from source through security group to service port',
        querystring: pathsQuery,
        response: { 200: pathsAnswer },
      },
    },
    async (request, reply) => {
      const { by = 'flows', ...scope } = request.query;
      const selection = toSelection(scope);
      return await access.query('large', askerOf(request, reply), async ({ lake, signal }) => {
        const paths = await queryPaths(lake, { ...selection, signal, by, columns: PATH_COLUMNS });
        return toPathsAnswer(paths, await directoryOf(lake));
      });
    },
  );
};
