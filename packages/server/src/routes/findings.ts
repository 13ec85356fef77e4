/** Findings, and setting them aside. Dismissals are in `dismissals.json` of the lake; no verdict depends on them. */
import { applyDismissals, checkFindingExists } from '@flowfit/core/analysis/dismissals';
import { findAll } from '@flowfit/core/analysis/findings/registry';
import { lacksOf } from '@flowfit/core/analysis/lacks';
import { dismiss, loadDismissals, restore } from '@flowfit/lake/findings';
import type { Route } from '../context.ts';
import { dismissAnswer, dismissBody, findingsAnswer } from '../contract/findings.ts';
import { idParameter, windowQuery } from '../contract/rules.ts';
import { ApiError } from '../errors.ts';
import { askerOf } from '../turns/asker.ts';

export const findingsRoute: Route = (app, { access, analyses }) => {
  app.get(
    '/findings',
    {
      schema: {
        summary: 'Findings, the gravest first; dismissed ones after the open ones',
        querystring: windowQuery,
        response: { 200: findingsAnswer },
      },
    },
    async (request, reply) => {
      const asker = askerOf(request, reply);
      const { analysis, dismissals } = await access.files(asker, async (state) => ({
        analysis: await analyses.of(state, request.query, asker),
        dismissals: await loadDismissals(state.lake),
      }));
      const { open, dismissed } = applyDismissals(findAll(analysis), dismissals);
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
        summary: 'Sets a finding of a window aside, with the reason',
        params: idParameter,
        querystring: windowQuery,
        body: dismissBody,
        response: { 200: dismissAnswer },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const { reason } = request.body;
      const asker = askerOf(request, reply);
      await access.files(asker, async (state) => {
        const analysis = await analyses.of(state, request.query, asker);
        checkFindingExists(id, findAll(analysis), await loadDismissals(state.lake));
      });
      return await access.change(async (lake) => {
        const at = lake.now().toISOString();
        await dismiss(lake, { id, reason, at });
        return { id, dismissed: { reason, at } };
      });
    },
  );

  app.post(
    '/findings/:id/restore',
    {
      schema: { summary: 'Takes a dismissal back', params: idParameter, response: { 200: dismissAnswer } },
    },
    async (request) => {
      const { id } = request.params;
      return await access.change(async (lake) => {
        if (!(await loadDismissals(lake)).some((dismissal) => dismissal.id === id)) {
          throw new ApiError(
            404,
            'not-dismissed',
            `The finding ${id} is not dismissed. /api/v1/findings lists those that are.`,
          );
        }
        await restore(lake, id);
        return { id, dismissed: null };
      });
    },
  );
};
