/** Completion of a filter: the language knows fields, operators and closed sets; the lake knows the other values. */
import { completeFilter } from '@flowfit/core/filter/complete';
import { formatText } from '@flowfit/core/filter/value';
import { queryTop } from '@flowfit/lake/queries/top';
import type { Route } from '../context.ts';
import { type CompleteAnswer, completeAnswer, completeQuery } from '../contract/lake.ts';
import { directoryOf } from '../directory.ts';
import { askerOf } from '../turns/asker.ts';

const MAX_VALUES = 200;

export const completeRoute: Route = (app, { access }) => {
  app.get(
    '/complete',
    {
      schema: {
        summary: 'What may stand at the cursor of a filter',
        querystring: completeQuery,
        response: { 200: completeAnswer },
      },
    },
    async (request, reply): Promise<CompleteAnswer> => {
      const { text, cursor = text.length } = request.query;
      const { from, to, items, valueOf: field } = completeFilter(text, cursor);
      const known = items.map((item) => ({ ...item, description: item.description ?? null }));
      if (known.length > 0 || field === null || field.kind === 'time') return { from, to, items: known };
      const word = text.slice(from, to).toLowerCase();
      const { rows, directory } = await access.query('large', askerOf(request, reply), async ({ lake, signal }) => ({
        rows: await queryTop(lake, { field: field.name, limit: MAX_VALUES, signal }),
        directory: await directoryOf(lake),
      }));
      return {
        from,
        to,
        items: rows.flatMap(({ value, flows }) => {
          if (value === null) return [];
          const name = directory.nameOf(String(value)) ?? directory.ownerOf(String(value));
          const isWanted = [String(value), name].some((known) => known?.toLowerCase().includes(word));
          const description = [name, `${flows.toLocaleString('en')} flows`].filter(Boolean).join(', ');
          return isWanted ? [{ text: formatText(String(value)), kind: 'value' as const, description }] : [];
        }),
      };
    },
  );
};
