/** Cutting records into calls of `PutRecordBatch` (Amazon Data Firehose API: three limits per call). */

export interface PutLimits {
  /** Records per call. */
  readonly records: number;
  /** Bytes of all records of a call, before base64. */
  readonly bytes: number;
  /** Bytes of one record, before base64. */
  readonly recordBytes: number;
}

/**
 * The limits of the API: 500 records, 4 MiB, 1,000 KiB. The service does not say whether the 4 MiB include what it
 * adds to each record, so a margin of 64 KiB stays free.
 */
export const PUT_LIMITS: PutLimits = { records: 500, bytes: 4 * 1024 * 1024 - 64 * 1024, recordBytes: 1_024_000 };

/** A record with its place in the caller's list, so that answers can be told in the caller's terms. */
export interface Numbered {
  readonly index: number;
  readonly data: Uint8Array;
}

/** Cuts `records` into calls in their order; every call holds at least one record. */
export function* toBatches(records: Iterable<Numbered>, limits: PutLimits = PUT_LIMITS): Generator<Numbered[]> {
  let batch: Numbered[] = [];
  let bytes = 0;
  for (const record of records) {
    const full = batch.length === limits.records || bytes + record.data.byteLength > limits.bytes;
    if (full && batch.length > 0) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(record);
    bytes += record.data.byteLength;
  }
  if (batch.length > 0) yield batch;
}
