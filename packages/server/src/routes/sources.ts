import { readLedger, totalOf } from '@flowfit/lake/ledger';
import type { Route } from '../context.ts';
import { sourcesAnswer } from '../contract/lake.ts';

export const sourcesRoute: Route = (app, { lake }) => {
  app.get(
    '/sources',
    { schema: { summary: 'Every object that was ingested, newest first', response: { 200: sourcesAnswer } } },
    async () => {
      const entries = await readLedger(lake.paths);
      return {
        sources: entries.reverse().map(({ source, bytes, ingestedAt, counts, damage }) => ({
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
