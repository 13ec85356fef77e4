/** What Firehose sends to a transform function and what it accepts back (Developer Guide, "Data transformation"). */
import { FlowfitError } from '@flowfit/core/errors';

export interface TransformRecord {
  readonly recordId: string;
  /** Base64; empty for an empty record, never null. */
  readonly data: string;
  /** Milliseconds since 1970. */
  readonly approximateArrivalTimestamp?: number;
}

export interface TransformEvent {
  readonly invocationId: string;
  readonly deliveryStreamArn: string;
  readonly region: string;
  readonly records: readonly TransformRecord[];
}

/** `Dropped` is a success without output, `ProcessingFailed` goes to the failure bucket with its original data. */
export type TransformStatus = 'Ok' | 'Dropped' | 'ProcessingFailed';

export interface TransformResult {
  readonly recordId: string;
  readonly result: TransformStatus;
  /** Base64; required for every result, empty where it is not used. */
  readonly data: string;
}

export interface TransformResponse {
  readonly records: readonly TransformResult[];
}

/** @throws FlowfitError `not-a-transform` when something else than Firehose invoked the function. */
export function checkTransformEvent(event: unknown): TransformEvent {
  const records = (event as Partial<TransformEvent> | null)?.records;
  if (!Array.isArray(records) || !records.every(isTransformRecord)) {
    const keys = typeof event === 'object' && event !== null ? Object.keys(event).slice(0, 5).join(', ') : typeof event;
    throw new FlowfitError(
      'not-a-transform',
      `not-a-transform: expected {"records":[{"recordId","data"}]} as Firehose sends it, found ${keys || 'no keys'}; ` +
        'name this function as the transform of a delivery stream',
    );
  }
  return event as TransformEvent;
}

const isTransformRecord = (value: unknown): value is TransformRecord => {
  const record = value as Partial<TransformRecord> | null;
  return typeof record?.recordId === 'string' && typeof record.data === 'string';
};
