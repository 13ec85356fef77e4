import { toRuleDocument, toWindowDocument } from '@flowfit/core/analysis/documents';
import { lacksOf } from '@flowfit/core/analysis/lacks';
import type { Route } from '../context.ts';
import { rulesAnswer, rulesQuery } from '../contract/rules.ts';

export const rulesRoute: Route = (app, { analyses }) => {
  app.get(
    '/rules',
    {
      schema: {
        summary: 'Security-group rules with their verdicts',
        querystring: rulesQuery,
        response: { 200: rulesAnswer },
      },
    },
    async (request) => {
      const { group, verdict } = request.query;
      const { verdicts, timeline, coverage } = await analyses.of(request.query);
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
