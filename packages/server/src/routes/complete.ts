/** Completion of a filter: the language knows fields, operators and closed sets; the lake knows the other values. */
import { completeFilter } from '@flowfit/core/filter/complete';
import { filterField } from '@flowfit/core/filter/fields';
import { formatText } from '@flowfit/core/filter/value';
import { queryTop } from '@flowfit/lake/queries/top';
import { type Route, signalOf } from '../context.ts';
import { type CompleteAnswer, completeAnswer, completeQuery } from '../contract/lake.ts';
import { directoryOf } from '../directory.ts';

const MAX_VALUES = 200;

export const completeRoute: Route = (app, { lake }) => {
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
      const { from, to, items } = completeFilter(text, cursor);
      const known = items.map((item) => ({ ...item, description: item.description ?? null }));
      const field = fieldBefore(text.slice(0, from));
      if (known.length > 0 || field === null) return { from, to, items: known };
      const word = text.slice(from, to).replace(/^'/, '').toLowerCase();
      const rows = await queryTop(lake, { field, limit: MAX_VALUES, signal: signalOf(reply) });
      const directory = await directoryOf(lake);
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

/** The field whose value is about to be written: `… srcaddr =`, `… srcaddr in (10.0.0.1,`. */
const fieldBefore = (text: string): string | null => {
  const match = /([A-Za-z][A-Za-z0-9_-]*)\s*(?:!?=|!?~|(?:not\s+)?(?:in|contains)\b\s*(?:\((?:[^()]*,)?)?)\s*$/i.exec(
    text,
  );
  const field = match?.[1] === undefined ? undefined : filterField(match[1]);
  return field === undefined || field.kind === 'time' || field.kind === 'location' ? null : field.name;
};
