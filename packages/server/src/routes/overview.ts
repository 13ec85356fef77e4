import { queryOverview } from '@flowfit/lake/queries/summary';
import type { Route } from '../context.ts';
import { overviewAnswer } from '../contract/lake.ts';
import { revisionOf } from '../revision.ts';

/** What the lake holds, and its revision: what pages ask every few seconds to notice new data. */
export const overviewRoute: Route = (app, { lake, geography, version }) => {
  let latest: { readonly revision: string; readonly overview: ReturnType<typeof queryOverview> } | null = null;
  app.get(
    '/overview',
    { schema: { summary: 'What the lake holds, and its revision', response: { 200: overviewAnswer } } },
    async () => {
      const revision = await revisionOf(lake);
      if (latest?.revision !== revision) latest = { revision, overview: queryOverview(lake) };
      const { from, to, objects, records, inventory } = await latest.overview;
      return {
        revision,
        window: { from, to },
        objects,
        records,
        inventory,
        geography: geography?.notices ?? [],
        version,
      };
    },
  );
};
