/** A flow record as AWS wrote it: what the parser gives and enrichment takes. */
import type { FieldName } from './fields.ts';

/** `null` is AWS's `-`. Integers of type `long` are exact below 2^53. */
export type FieldValue = string | number | null;

/**
 * Values by AWS's hyphenated names. A field that the layout lacks is absent; one that the record left open (`-`) is
 * null. Names outside the field table are kept as text.
 */
export type FlowRecord = { readonly [name in FieldName]?: FieldValue } & { readonly [unknown: string]: FieldValue };

/** Why a line is set aside although nothing is wrong with it. */
export type SkipReason = 'transit-gateway';

/** Why a line could not be read. Documented in `./reasons.ts`, each with cause and remedy. */
export type RejectReason =
  | 'field-count'
  | 'bad-number'
  | 'bad-address'
  | 'bad-value'
  | 'unknown-layout'
  | 'duplicate-field'
  | 'bad-json'
  | 'bad-encoding'
  | 'line-too-long'
  | 'not-a-flow-log';

/**
 * What one line is. `header` changes the layout of the lines after it; `blank` counts for nothing;
 * `no-data` and `skip-data` are kept for coverage.
 */
export type ParsedLine =
  | { readonly kind: 'record'; readonly record: FlowRecord }
  | { readonly kind: 'no-data' | 'skip-data'; readonly record: FlowRecord }
  | { readonly kind: 'header' | 'blank' }
  | { readonly kind: 'skipped'; readonly reason: SkipReason }
  | { readonly kind: 'rejected'; readonly reason: RejectReason; readonly detail: string };
