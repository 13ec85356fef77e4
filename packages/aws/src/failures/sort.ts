/**
 * What may be sent again, and what would come back.
 *
 * A function that failed as a whole says nothing about its records: they go through the stream again. A record that the
 * decorator itself refused is read again first: if it is refused now as then, sending it is a loop. A document that
 * found no room goes to the cluster under its own id; one that the mapping refused is refused again until the mapping
 * is another one.
 */
import { decodeJsonLine, isJson } from '@flowfit/core/flow/json';
import type { LineParser } from '@flowfit/core/flow/parse';
import type { FailedRecord } from './error-line.ts';

export type Verdict =
  | { readonly action: 'stream' }
  | { readonly action: 'bulk' }
  /** Stays where it is; the reason is counted and shown. */
  | { readonly action: 'keep'; readonly reason: string };

export interface SortOptions {
  /** Reads lines as the decorator does. */
  readonly parser: LineParser;
  /** Send documents that the mapping refused: after the mapping was repaired. */
  readonly includeRefused: boolean;
}

const STREAM: Verdict = { action: 'stream' };
const BULK: Verdict = { action: 'bulk' };

export function sortFailure(failed: FailedRecord, { parser, includeRefused }: SortOptions): Verdict {
  switch (failed.step) {
    case 'transform':
      return failed.errorCode === 'Lambda.ProcessingFailedStatus' ? sortRefused(failed.data, parser) : STREAM;
    case 'delivery':
      return includeRefused || !isRefusal(failed) ? BULK : { action: 'keep', reason: 'refused-by-mapping' };
    case 'other':
      return { action: 'keep', reason: 'not-of-this-pipeline' };
  }
}

function sortRefused(data: Buffer, parser: LineParser): Verdict {
  if (data[0] === 0x1f && data[1] === 0x8b) return { action: 'keep', reason: 'compressed' };
  const text = data.toString('utf8').replace(/\n$/, '');
  const lines = isJson(text) ? decodeJsonLine(text, parser) : text.split('\n').map((line) => parser.parse(line));
  const rejected = lines.find((line) => line.kind === 'rejected');
  if (rejected) return { action: 'keep', reason: rejected.reason };
  // It reads well: the response had no room for it, or the decorator has learned since.
  return lines.length > 1 ? { action: 'keep', reason: 'several-records' } : STREAM;
}

/** A client error other than "too many requests": the document, not the moment, is at fault. */
const isRefusal = ({ errorCode, errorMessage }: FailedRecord): boolean =>
  (/^4\d\d$/.test(errorCode) && errorCode !== '429') || /mapper_parsing_exception|"status":400/.test(errorMessage);
