import { toGroupDocument } from '@flowfit/core/analysis/documents';
import { lacksOf } from '@flowfit/core/analysis/lacks';
import type { Route } from '../context.ts';
import { groupsAnswer, windowQuery } from '../contract/rules.ts';
import { askerOf } from '../turns/asker.ts';

export const groupsRoute: Route = (app, { access, analyses }) => {
  app.get(
    '/groups',
    {
      schema: {
        summary: 'Security groups with their verdicts',
        querystring: windowQuery,
        response: { 200: groupsAnswer },
      },
    },
    async (request, reply) => {
      const asker = askerOf(request, reply);
      const { verdicts, timeline, coverage } = await access.files(asker, (state) =>
        analyses.of(state, request.query, asker),
      );
      return {
        schema: 'flowfit.groups/1' as const,
        lacks: lacksOf(verdicts.rules, timeline, coverage),
        groups: verdicts.groups.map(toGroupDocument),
      };
    },
  );
};
