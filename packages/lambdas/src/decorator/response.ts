/**
 * The response, kept within what Lambda may answer.
 *
 * An answer above the limit fails the whole batch, again and again. So every record is given room for its failure from
 * the beginning, and a document is accepted only if it fits into what is left: one that does not goes to the failure
 * bucket alone, from where it can be sent again.
 */
import type { TransformRecord, TransformResponse, TransformResult } from './contract.ts';

/** Lambda answers at most 6 MB; a margin stays for what the runtime adds. */
export const RESPONSE_LIMIT = 6 * 1024 * 1024 - 64 * 1024;

/** `{"recordId":"…","result":"ProcessingFailed","data":"…"},` without the two values. */
const OVERHEAD = 54;

export class ResponseBuilder {
  readonly #records: TransformResult[] = [];
  #left: number;

  constructor(records: readonly TransformRecord[], limit = RESPONSE_LIMIT) {
    this.#left = limit;
    for (const { recordId } of records) this.#left -= recordId.length + OVERHEAD;
  }

  /** Adds a document in base64. False = it does not fit, and nothing was added. */
  accept(recordId: string, data: string): boolean {
    if (data.length > this.#left) return false;
    this.#left -= data.length;
    this.#records.push({ recordId, result: 'Ok', data });
    return true;
  }

  drop(recordId: string): void {
    this.#records.push({ recordId, result: 'Dropped', data: '' });
  }

  /** Firehose keeps the original data by itself: sending it back would only take room from others. */
  fail(recordId: string): void {
    this.#records.push({ recordId, result: 'ProcessingFailed', data: '' });
  }

  toResponse(): TransformResponse {
    return { records: this.#records };
  }
}
