/**
 * One line of a Firehose error object (Developer Guide, "Failure handling"). Both the documented and the real spelling
 * of keys and values are read: times as text or numbers, `lambdaArn` and `lambdaARN`, `es…` and `os…`.
 */
import { FlowfitError } from '@flowfit/core/errors';

interface Failure {
  readonly errorCode: string;
  readonly errorMessage: string;
  readonly data: Buffer;
}

export type FailedRecord =
  /** The transform failed: `data` is the record as it was put. */
  | (Failure & { readonly step: 'transform' })
  /** The cluster did not take it: `data` is the document. */
  | (Failure & { readonly step: 'delivery'; readonly index: string; readonly documentId: string })
  /** Decompression, format conversion and other destinations: not made by this pipeline. */
  | (Failure & { readonly step: 'other' });

/** @throws FlowfitError `bad-error-line` when the line is no error record of Firehose. */
export function decodeErrorLine(line: string): FailedRecord {
  const fields = parse(line);
  const text = (...names: string[]): string | undefined => {
    const value = names.map((name) => fields[name]).find((each) => each !== undefined && each !== null);
    return value === undefined ? undefined : String(value);
  };
  const rawData = text('rawData');
  const errorCode = text('errorCode', 'ErrorCode');
  if (rawData === undefined || errorCode === undefined) {
    throw new FlowfitError('bad-error-line', 'no rawData or errorCode: not an error record of Firehose');
  }
  const failure = {
    errorCode,
    errorMessage: text('errorMessage', 'ErrorMessage') ?? '',
    data: Buffer.from(rawData, 'base64'),
  };
  const index = text('esIndexName', 'osIndexName');
  const documentId = text('esDocumentId', 'osDocumentId');
  if (index !== undefined && documentId !== undefined) return { step: 'delivery', index, documentId, ...failure };
  return { step: errorCode.startsWith('Lambda.') ? 'transform' : 'other', ...failure };
}

function parse(line: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch (cause) {
    throw new FlowfitError('bad-error-line', 'not JSON: the object is cut short or no error object', { cause });
  }
  throw new FlowfitError('bad-error-line', 'not a JSON object');
}
