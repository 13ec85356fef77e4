/**
 * Putting records to a delivery stream so that each is either accepted or named as not accepted.
 *
 * A call may be answered with 200 and still have refused some entries (`FailedPutCount`): entry `i` of the answer
 * belongs to record `i` of the call, and only entries with an error code are put again, after a pause. A call that
 * fails as a whole is put again as a whole when the error may pass. Attempts are counted per call and bounded; what is
 * left is the caller's to report.
 */
import { type FirehoseClient, PutRecordBatchCommand, type PutRecordBatchResponseEntry } from '@aws-sdk/client-firehose';
import { type Backoff, type BackoffEffects, backoffDelay, systemBackoff } from '../backoff.ts';
import { errorCode, errorMessage, isTransient } from '../errors.ts';
import { type Numbered, PUT_LIMITS, type PutLimits, toBatches } from './batches.ts';

export interface PutOptions {
  readonly limits?: PutLimits;
  readonly backoff?: Backoff;
  /** Calls under way at the same time. */
  readonly concurrency?: number;
  /** Aborts the calls, and the pauses between them are not begun any more. */
  readonly signal?: AbortSignal;
}

export interface Undelivered {
  /** Place in the list given to {@link putRecords}. */
  readonly index: number;
  /** AWS's code, such as `ServiceUnavailableException`. */
  readonly code: string;
  readonly message: string;
}

export interface PutResult {
  readonly delivered: number;
  /** Records that were not accepted within the attempts, by index. */
  readonly undelivered: readonly Undelivered[];
  /** Indices of records above the size limit of the API: no attempt can ever deliver them. */
  readonly tooLarge: readonly number[];
  /** Calls made. */
  readonly calls: number;
  /** Entries put more than once. */
  readonly resent: number;
}

/** About 6 s of pauses at most per call: well inside the ingestor's time limit. */
export const PUT_BACKOFF: Backoff = { attempts: 7, base: 100, cap: 3_000 };

/** Puts `records` (raw bytes, before base64) to `stream`. Never throws for what AWS answers. */
export async function putRecords(
  client: Pick<FirehoseClient, 'send'>,
  stream: string,
  records: readonly Uint8Array[],
  options: PutOptions = {},
  effects: BackoffEffects = systemBackoff,
): Promise<PutResult> {
  const limits = options.limits ?? PUT_LIMITS;
  const numbered = records.map((data, index) => ({ index, data }));
  const tally = { delivered: 0, undelivered: [] as Undelivered[], calls: 0, resent: 0 };
  const batches = toBatches(
    numbered.filter(({ data }) => data.byteLength <= limits.recordBytes),
    limits,
  );

  const lane = async () => {
    // The generator is shared: each lane takes the next batch that nobody has.
    for (const batch of batches) {
      const outcome = await putBatch(client, stream, batch, options, effects);
      tally.delivered += batch.length - outcome.left.length;
      tally.undelivered.push(...outcome.left);
      tally.calls += outcome.calls;
      tally.resent += outcome.resent;
    }
  };
  await Promise.all(Array.from({ length: options.concurrency ?? 4 }, lane));

  return {
    ...tally,
    undelivered: tally.undelivered.sort((a, b) => a.index - b.index),
    tooLarge: numbered.filter(({ data }) => data.byteLength > limits.recordBytes).map(({ index }) => index),
  };
}

interface Refusal {
  readonly record: Numbered;
  readonly code: string;
  readonly message: string;
}

async function putBatch(
  client: Pick<FirehoseClient, 'send'>,
  stream: string,
  batch: readonly Numbered[],
  options: PutOptions,
  effects: BackoffEffects,
): Promise<{ left: Undelivered[]; calls: number; resent: number }> {
  const backoff = options.backoff ?? PUT_BACKOFF;
  let pending = batch;
  let resent = 0;
  for (let attempt = 1; ; attempt += 1) {
    const { refused, permanent } = await putOnce(client, stream, pending, options.signal);
    if (refused.length === 0 || permanent || attempt === backoff.attempts || options.signal?.aborted) {
      const left = refused.map(({ record, code, message }) => ({ index: record.index, code, message }));
      return { left, calls: attempt, resent };
    }
    await effects.sleep(backoffDelay(attempt, backoff, effects.random));
    pending = refused.map(({ record }) => record);
    resent += pending.length;
  }
}

async function putOnce(
  client: Pick<FirehoseClient, 'send'>,
  stream: string,
  records: readonly Numbered[],
  signal: AbortSignal | undefined,
): Promise<{ refused: Refusal[]; permanent: boolean }> {
  const command = new PutRecordBatchCommand({
    DeliveryStreamName: stream,
    Records: records.map(({ data }) => ({ Data: data })),
  });
  try {
    const answer = await client.send(command, signal ? { abortSignal: signal } : {});
    return { refused: refusals(records, answer.FailedPutCount ?? 0, answer.RequestResponses ?? []), permanent: false };
  } catch (error) {
    const [code, message] = [errorCode(error), errorMessage(error)];
    return { refused: records.map((record) => ({ record, code, message })), permanent: !isTransient(error) };
  }
}

function refusals(
  records: readonly Numbered[],
  failed: number,
  entries: readonly PutRecordBatchResponseEntry[],
): Refusal[] {
  if (failed === 0) return [];
  return records.flatMap((record, i) => {
    const entry = entries[i];
    // An entry that says neither "accepted" nor "refused" proves nothing: at worst the record arrives twice.
    if (entry?.RecordId) return [];
    return [
      { record, code: entry?.ErrorCode ?? 'NoAnswer', message: entry?.ErrorMessage ?? 'no answer for the record' },
    ];
  });
}
