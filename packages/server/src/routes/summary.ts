import type { Lake } from '@flowfit/lake/lake';
import { lakeSpan } from '@flowfit/lake/queries/span';
import { querySummary } from '@flowfit/lake/queries/summary';
import type { Selection } from '@flowfit/lake/queries/window';
import { type Route, signalOf } from '../context.ts';
import { scopeQuery } from '../contract/common.ts';
import { summaryAnswer } from '../contract/traffic.ts';
import { toSelection } from '../scope.ts';

/** The figures of a window, and those of the same length of time just before. */
export const summaryRoute: Route = (app, { lake }) => {
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
      const selection = toSelection(request.query, signalOf(reply));
      const before = await previousOf(lake, selection);
      const [current, previous] = await Promise.all([
        querySummary(lake, selection),
        before === null ? null : querySummary(lake, before),
      ]);
      return { from: selection.from ?? current.from, to: selection.to ?? current.to, current, previous };
    },
  );
};

/** Null where the lake has no record that early, so that nothing is compared with days that were not logged. */
const previousOf = async (lake: Lake, selection: Selection): Promise<Selection | null> => {
  const { from, to } = selection;
  const span = await lakeSpan(lake);
  if (from === undefined || to === undefined || span === null || span.from >= from) return null;
  return { ...selection, from: Math.max(0, 2 * from - to), to: from };
};
