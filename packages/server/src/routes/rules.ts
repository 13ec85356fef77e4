import { toRuleDocument, toWindowDocument } from '@flowfit/core/analysis/documents';
import { lacksOf } from '@flowfit/core/analysis/lacks';
import type { Route } from '../context.ts';
import { rulesAnswer, rulesQuery } from '../contract/rules.ts';
import { askerOf } from '../turns/asker.ts';

export const rulesRoute: Route = (app, { access, analyses }) => {
  app.get(
    '/rules',
    {
      schema: {
        summary: 'Security-group rules with their verdicts',
        querystring: rulesQuery,
        response: { 200: rulesAnswer },
      },
    },
    async (request, reply) => {
      const { group, verdict } = request.query;
      const asker = askerOf(request, reply);
      const { verdicts, timeline, coverage } = await access.files(asker, (state) =>
        analyses.of(state, request.query, asker),
      );
      const rules = verdicts.rules.filter(
        (one) => (group === undefined || one.group.id === group) && (verdict === undefined || one.verdict === verdict),
      );
      return {
        schema: 'flowfit.rules/1' as const,
        window: toWindowDocument(coverage.window),
        lacks: lacksOf(verdicts.rules, timeline, coverage),
        rules: rules.map(toRuleDocument),
      };
    },
  );
};
