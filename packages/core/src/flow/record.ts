/** A flow record as AWS wrote it: what the parser gives and enrichment takes. */
import type { FieldName } from './fields.ts';
import type { RejectReason, SkipReason } from './reasons.ts';

/** `null` is AWS's `-`. Integers of type `long` are exact below 2^53. */
export type FieldValue = string | number | null;

/**
 * Values by AWS's hyphenated names. A field that the layout lacks is absent; one that the record left open (`-`) is
 * null. Names outside the field table are kept as text.
 */
export type FlowRecord = { readonly [name in FieldName]?: FieldValue } & { readonly [unknown: string]: FieldValue };

/** What a record stands for: packets, an interval without any, or an interval of which AWS dropped records. */
export type RecordKind = 'record' | 'no-data' | 'skip-data';

/** A line that could not be read: the code, and what it was in this line. */
export interface RejectedLine {
  readonly kind: 'rejected';
  readonly reason: RejectReason;
  readonly detail: string;
}

/**
 * What one line is. `header` changes the layout of the lines after it; `blank` counts for nothing;
 * `no-data` and `skip-data` are kept for coverage.
 */
export type ParsedLine =
  | { readonly kind: 'record'; readonly record: FlowRecord }
  | { readonly kind: 'no-data' | 'skip-data'; readonly record: FlowRecord }
  | { readonly kind: 'header' | 'blank' }
  | { readonly kind: 'skipped'; readonly reason: SkipReason }
  | RejectedLine;

export type { RejectReason, SkipReason };
