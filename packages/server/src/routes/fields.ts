import { ADDED_FIELDS, type AddedFieldDefinition } from '@flowfit/core/enrich/added';
import { FIELDS, type FieldDefinition } from '@flowfit/core/flow/fields';
import { presentFields } from '@flowfit/lake/queries/flows';
import type { Route } from '../context.ts';
import { type FieldInfo, fieldsAnswer } from '../contract/lake.ts';
import { askerOf } from '../turns/asker.ts';

export const fieldsRoute: Route = (app, { access }) => {
  app.get(
    '/fields',
    { schema: { summary: 'Every field that can be asked for', response: { 200: fieldsAnswer } } },
    async (request, reply) => {
      const asker = askerOf(request, reply);
      const present = new Set(
        await access.query('small', asker, ({ lake, signal }) => presentFields(lake, { signal })),
      );
      return {
        fields: [
          ...FIELDS.map((field) => toInfo(field, field.version, present.has(field.name))),
          ...ADDED_FIELDS.map((field) => toInfo(field, null, true)),
        ],
      };
    },
  );
};

const toInfo = (
  { name, type, description, values }: FieldDefinition | AddedFieldDefinition,
  version: number | null,
  present: boolean,
): FieldInfo => ({ name, type, description, values: values === undefined ? null : [...values], version, present });
