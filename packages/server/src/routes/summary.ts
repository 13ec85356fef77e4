import { lakeSpan } from '@flowfit/lake/queries/span';
import { querySummary } from '@flowfit/lake/queries/summary';
import type { Selection } from '@flowfit/lake/queries/window';
import type { LakeState } from '@flowfit/lake/state';
import type { Route } from '../context.ts';
import { scopeQuery } from '../contract/common.ts';
import { summaryAnswer } from '../contract/traffic.ts';
import { toSelection } from '../scope.ts';
import { askerOf } from '../turns/asker.ts';

/** The figures of a window, and those of the same length of time just before. */
export const summaryRoute: Route = (app, { access }) => {
  app.get(
    '/summary',
    {
      schema: {
        summary: 'The figures of a window and of the one before',
        querystring: scopeQuery,
        response: { 200: summaryAnswer },
      },
    },
    async (request, reply) => {
      const asked = toSelection(request.query);
      return await access.query('large', askerOf(request, reply), async ({ lake, signal }) => {
        const selection = { ...asked, signal };
        const before = await previousOf(lake, selection);
        const current = await querySummary(lake, selection);
        const previous = before === null ? null : await querySummary(lake, before);
        return { from: selection.from ?? current.from, to: selection.to ?? current.to, current, previous };
      });
    },
  );
};

/** Null where the lake has no record that early, so that nothing is compared with days that were not logged. */
const previousOf = async (lake: LakeState, selection: Selection): Promise<Selection | null> => {
  const { from, to } = selection;
  const span = await lakeSpan(lake);
  if (from === undefined || to === undefined || span === null || span.from >= from) return null;
  return { ...selection, from: Math.max(0, 2 * from - to), to: from };
};
