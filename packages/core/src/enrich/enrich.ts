/** An enriched record as an object: what readers of the lake give. */
import type { FieldName } from '../flow/fields.ts';
import type { FieldValue } from '../flow/record.ts';
import type { AddedValues, Point } from './added.ts';

/** The fields of the record and the added ones, side by side under their names. */
export type EnrichedFlow = { readonly [name in FieldName]?: FieldValue } & AddedValues & {
    readonly [unknown: string]: FieldValue | readonly string[] | Point | undefined;
  };
