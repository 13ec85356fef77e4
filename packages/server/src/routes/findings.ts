/** Findings, and setting them aside. Dismissals are in `dismissals.json` of the lake; no verdict depends on them. */
import { applyDismissals } from '@flowfit/core/analysis/dismissals';
import { FINDING_KINDS, findAll } from '@flowfit/core/analysis/findings/registry';
import { lacksOf } from '@flowfit/core/analysis/lacks';
import { dismiss, loadDismissals, restore } from '@flowfit/lake/findings';
import type { Route } from '../context.ts';
import { dismissAnswer, dismissBody, findingsAnswer } from '../contract/findings.ts';
import { idParameter, windowQuery } from '../contract/rules.ts';
import { ApiError } from '../errors.ts';

export const findingsRoute: Route = (app, { lake, analyses }) => {
  app.get(
    '/findings',
    {
      schema: {
        summary: 'Findings, the gravest first; dismissed ones after the open ones',
        querystring: windowQuery,
        response: { 200: findingsAnswer },
      },
    },
    async (request) => {
      const analysis = await analyses.of(request.query);
      const { open, dismissed } = applyDismissals(findAll(analysis), await loadDismissals(lake));
      return {
        schema: 'flowfit.findings/1' as const,
        lacks: lacksOf(analysis.verdicts.rules, analysis.timeline, analysis.coverage),
        findings: [
          ...open.map((finding) => ({ ...finding, dismissed: null })),
          ...dismissed.map(({ finding, dismissal: { reason, by, at } }) => ({
            ...finding,
            dismissed: { reason, at, ...(by === undefined ? {} : { by }) },
          })),
        ],
      };
    },
  );

  app.post(
    '/findings/:id/dismiss',
    {
      schema: {
        summary: 'Sets a finding aside, with the reason',
        params: idParameter,
        body: dismissBody,
        response: { 200: dismissAnswer },
      },
    },
    async (request) => {
      const id = checkId(request.params.id);
      const { reason } = request.body;
      const at = lake.now().toISOString();
      await dismiss(lake, { id, reason, at });
      return { id, dismissed: { reason, at } };
    },
  );

  app.post(
    '/findings/:id/restore',
    {
      schema: { summary: 'Takes a dismissal back', params: idParameter, response: { 200: dismissAnswer } },
    },
    async (request) => {
      const id = checkId(request.params.id);
      await restore(lake, id);
      return { id, dismissed: null };
    },
  );
};

/** A misspelt kind would dismiss nothing, silently. */
const checkId = (id: string): string => {
  if (FINDING_KINDS.some(({ kind }) => id.startsWith(`${kind}:`))) return id;
  throw new ApiError(404, 'finding-unknown', `"${id}" is no id of a finding. /api/v1/findings lists all.`);
};
