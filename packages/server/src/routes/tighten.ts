/** What is recommended: for all groups in short, for one with its whole curve. Pins come with the question. */
import { toWindowDocument } from '@flowfit/core/analysis/documents';
import { lacksOf } from '@flowfit/core/analysis/lacks';
import type { Route } from '../context.ts';
import { idParameter, windowQuery } from '../contract/rules.ts';
import { tightenAnswer, tightenBody, tightenGroupAnswer } from '../contract/tighten.ts';
import { directoryOf } from '../directory.ts';
import { toTightenGroup, toTightenGroupAnswer } from '../tighten/answer.ts';
import { askerOf } from '../turns/asker.ts';

export const tightenRoute: Route = (app, { access, recommendations }) => {
  app.post(
    '/tighten',
    {
      schema: {
        summary: 'What is recommended for each security group, in short',
        querystring: windowQuery,
        body: tightenBody,
        response: { 200: tightenAnswer },
      },
    },
    async (request, reply) => {
      const asker = askerOf(request, reply);
      return await access.files(asker, async (state) => {
        const found = await recommendations.all(state, request.query, request.body.pins, asker);
        const { verdicts, timeline, coverage } = found.analysis;
        return {
          schema: 'flowfit.tighten/1' as const,
          window: toWindowDocument(coverage.window),
          lacks: lacksOf(verdicts.rules, timeline, coverage),
          groups: found.groups.map((group) => toTightenGroup(group, found.isFounded)),
        };
      });
    },
  );

  app.post(
    '/tighten/groups/:id',
    {
      schema: {
        summary: 'What is recommended for a security group: rule sets of every size, how open they are, what they cut',
        params: idParameter,
        querystring: windowQuery,
        body: tightenBody,
        response: { 200: tightenGroupAnswer },
      },
    },
    async (request, reply) => {
      const asker = askerOf(request, reply);
      const { id } = request.params;
      return await access.files(asker, async (state) => {
        const found = await recommendations.ofGroups(state, request.query, request.body.pins, [id], asker);
        const [group] = found.groups;
        if (group === undefined) throw new Error('A recommendation was asked for and not made');
        return toTightenGroupAnswer(group, found, await directoryOf(state.lake));
      });
    },
  );
};
