import { toGroupDocument } from '@flowfit/core/analysis/documents';
import { lacksOf } from '@flowfit/core/analysis/lacks';
import type { Route } from '../context.ts';
import { groupsAnswer, windowQuery } from '../contract/rules.ts';

export const groupsRoute: Route = (app, { analyses }) => {
  app.get(
    '/groups',
    {
      schema: {
        summary: 'Security groups with their verdicts',
        querystring: windowQuery,
        response: { 200: groupsAnswer },
      },
    },
    async (request) => {
      const { verdicts, timeline, coverage } = await analyses.of(request.query);
      return {
        schema: 'flowfit.groups/1' as const,
        lacks: lacksOf(verdicts.rules, timeline, coverage),
        groups: verdicts.groups.map(toGroupDocument),
      };
    },
  );
};
