import { type Overview, queryOverview } from '@flowfit/lake/queries/summary';
import type { Route } from '../context.ts';
import { overviewAnswer } from '../contract/lake.ts';
import { revisionOf } from '../revision.ts';
import { askerOf } from '../turns/asker.ts';

/** What the lake holds, and its revision: what pages ask every few seconds to notice new data. */
export const overviewRoute: Route = (app, { access, geography, version }) => {
  let latest: { readonly revision: string; readonly overview: Overview } | null = null;
  app.get(
    '/overview',
    { schema: { summary: 'What the lake holds, and its revision', response: { 200: overviewAnswer } } },
    async (request, reply) => {
      const asker = { ...askerOf(request, reply), revision: null };
      const { revision, overview } = await access.files(asker, async (state) => {
        const revision = await revisionOf(state.lake);
        await access.show(revision, state);
        if (latest?.revision === revision) return latest;
        return await access.queryOf(
          state,
          'small',
          { clients: () => [asker.client], signal: asker.signal },
          async ({ lake }) => {
            latest = { revision, overview: await queryOverview(lake) };
            return latest;
          },
        );
      });
      const { from, to, objects, records, inventory } = overview;
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
