import { readLedger, totalOf } from '@flowfit/lake/ledger';
import type { Route } from '../context.ts';
import { sourcesAnswer } from '../contract/lake.ts';
import { askerOf } from '../turns/asker.ts';

export const sourcesRoute: Route = (app, { access }) => {
  app.get(
    '/sources',
    { schema: { summary: 'Every object that was ingested, newest first', response: { 200: sourcesAnswer } } },
    async (request, reply) => {
      const { entries } = await access.query('small', askerOf(request, reply), async ({ lake }) => readLedger(lake));
      return {
        sources: entries.toReversed().map(({ source, bytes, ingestedAt, counts, damage }) => ({
          source,
          bytes,
          ingestedAt,
          stored: counts.stored,
          noData: counts.noData,
          skipData: counts.skipData,
          duplicates: counts.duplicates,
          rejected: totalOf(counts) - totalOf({ ...counts, rejected: {} }),
          damage: damage?.message ?? null,
        })),
      };
    },
  );
};
