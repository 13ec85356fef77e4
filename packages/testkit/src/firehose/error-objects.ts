/** The objects that a delivery stream writes for what it could not deliver: one JSON object per line. */
import { randomUUID } from 'node:crypto';
import type { TransformFailure } from './transform.ts';

/** A document that OpenSearch did not take. */
export interface DeliveryFailure {
  readonly documentId: string;
  readonly index: string;
  readonly arrival: number;
  readonly data: Buffer;
  readonly code: string;
  readonly message: string;
  readonly attempts: number;
}

export type ErrorOutputType = 'processing-failed' | 'AmazonOpenSearchService-failed';

/** Keys and values as they are in real objects: numbers for times, `lambdaARN`. `rawData` is the original record. */
export const encodeTransformFailures = (
  failures: readonly TransformFailure[],
  now: number,
  lambdaARN: string,
): string =>
  toLines(
    failures.map(({ record, code, message, attempts }) => ({
      attemptsMade: attempts,
      arrivalTimestamp: record.arrival,
      errorCode: code,
      errorMessage: message,
      attemptEndingTimestamp: now,
      rawData: record.data.toString('base64'),
      lambdaARN,
    })),
  );

/** `rawData` is the transformed document. */
export const encodeDeliveryFailures = (failures: readonly DeliveryFailure[], now: number): string =>
  toLines(
    failures.map(({ documentId, index, arrival, data, code, message, attempts }) => ({
      attemptsMade: attempts,
      arrivalTimestamp: arrival,
      errorCode: code,
      errorMessage: message,
      attemptEndingTimestamp: now,
      esDocumentId: documentId,
      esIndexName: index,
      esTypeName: '',
      rawData: data.toString('base64'),
    })),
  );

const toLines = (values: readonly object[]): string => values.map((value) => `${JSON.stringify(value)}\n`).join('');

/** `<type>/YYYY/MM/dd/HH/<stream>-1-YYYY-MM-DD-HH-MM-SS-<uuid>`, by the arrival of the oldest record, UTC. */
export function errorObjectKey(type: ErrorOutputType, stream: string, arrival: number): string {
  const [date, time] = new Date(arrival).toISOString().slice(0, 19).split('T') as [string, string];
  const folder = `${date.replaceAll('-', '/')}/${time.slice(0, 2)}`;
  return `${type}/${folder}/${stream}-1-${date}-${time.replaceAll(':', '-')}-${randomUUID()}`;
}
