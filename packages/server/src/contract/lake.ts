/** What the lake holds, and the fields it can be asked for. */
import * as z from 'zod';
import { countInQuery, seconds } from './common.ts';

export const overviewAnswer = z.object({
  revision: z.string().describe('Changes whenever the lake does.'),
  window: z.object({ from: seconds.nullable(), to: seconds.nullable() }).describe('First and last record.'),
  objects: z.number(),
  records: z.object({
    stored: z.number(),
    noData: z.number(),
    skipData: z.number(),
    duplicates: z.number(),
    rejected: z.record(z.string(), z.number()),
  }),
  inventory: z
    .object({
      snapshots: z.number(),
      capturedAt: z.string(),
      interfaces: z.number(),
      groups: z.number(),
      rules: z.number(),
    })
    .nullable()
    .describe('Null without an inventory: then there are no groups and no verdicts.'),
  geography: z
    .array(z.object({ name: z.string(), buildDate: z.string(), attribution: z.string(), url: z.string().nullable() }))
    .readonly()
    .describe('The databases that locate addresses, with the words and the link that their licences ask for.'),
  version: z.string(),
});
export type OverviewAnswer = z.infer<typeof overviewAnswer>;

export const sourcesAnswer = z.object({
  sources: z.array(
    z.object({
      source: z.string(),
      bytes: z.number(),
      ingestedAt: z.string(),
      stored: z.number(),
      noData: z.number(),
      skipData: z.number(),
      duplicates: z.number(),
      rejected: z.number(),
      damage: z.string().nullable().describe('Why only a part could be read.'),
    }),
  ),
});

export const fieldsAnswer = z.object({
  fields: z.array(
    z.object({
      name: z.string(),
      type: z.string(),
      description: z.string(),
      values: z.array(z.string()).nullable(),
      version: z.int().nullable().describe('Flow log version that introduced it; null = added by Flowfit.'),
      present: z.boolean().describe('Whether records of this lake have it.'),
    }),
  ),
});
export type FieldsAnswer = z.infer<typeof fieldsAnswer>;
export type FieldInfo = FieldsAnswer['fields'][number];

export const completeQuery = z.object({
  text: z.string().max(20_000),
  cursor: countInQuery(0, 20_000).optional().describe('Offset of the cursor; the end unless told.'),
});

export const completeAnswer = z.object({
  from: z.int().describe('Offset of the first character that an item replaces.'),
  to: z.int(),
  items: z.array(
    z.object({
      text: z.string(),
      kind: z.enum(['field', 'operator', 'value', 'word']),
      description: z.string().nullable(),
    }),
  ),
});
export type CompleteAnswer = z.infer<typeof completeAnswer>;
