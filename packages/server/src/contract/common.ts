/** What all routes share: the scope of a question, its measures, and the shape of an error. */
import * as z from 'zod';

/** Unix time in whole seconds. */
export const seconds = z.int().min(0).max(253_402_300_799);

/** Unix time in a query string. */
const secondsInQuery = z.coerce.number().pipe(seconds);

/** Whole number in a query string. */
export const countInQuery = (min: number, max: number) => z.coerce.number().pipe(z.int().min(min).max(max));

/** What traffic a question is about: a filter in Flowfit's filter language and a half-open window `[from, to)`. */
export const scopeQuery = z.object({
  where: z
    .string()
    .max(20_000)
    .optional()
    .describe('Filter, such as `dstport in (443, 8443) and not action = REJECT`.'),
  from: secondsInQuery.optional().describe('Start of the window, Unix seconds, included. Absent: since ever.'),
  to: secondsInQuery.optional().describe('End of the window, Unix seconds, excluded. Absent: until now.'),
});
export type ScopeQuery = z.infer<typeof scopeQuery>;

/** What is counted. */
export const measureName = z.enum(['flows', 'packets', 'bytes']);

export const measures = z.object({ flows: z.number(), packets: z.number(), bytes: z.number() });

/** Every error of the API. `code` is stable, `message` names the place and the remedy. */
export const errorBody = z.object({
  code: z.string(),
  message: z.string(),
  details: z.record(z.string(), z.unknown()).optional(),
});
export type ErrorBody = z.infer<typeof errorBody>;
