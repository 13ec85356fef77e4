/** An account as a stream in real time: so many records per second, as a log group or a delivery stream would bring them. */
import type { FlowRecord } from '@flowfit/core/flow/record';
import type { Account, Format } from './account.ts';

export interface Clock {
  /** Milliseconds; only differences count. */
  now(): number;
  sleep(milliseconds: number): Promise<void>;
}

export interface StreamOptions {
  /** Records per second; Infinity = as fast as they are taken. */
  readonly rate: number;
  readonly clock: Clock;
  /** Default `v5`. */
  readonly format?: Format;
}

/** How often a batch is due. */
const TICK_MILLISECONDS = 100;
/** Of a stream without a limit, and of a reader that fell behind: records at a time. */
const MOST_PER_BATCH = 10_000;

/**
 * Batches of lines, without line feeds. The records' own times are those of the account: start it at the present hour,
 * and ask it for `rate * 86400 * days` records, to have them keep step with the clock.
 */
export function streamLines(account: Account, options: StreamOptions): AsyncGenerator<readonly string[]> {
  return paced(linesOf(account.lines(options.format)), options);
}

/** Batches of records as objects; see `streamLines`. */
export function streamRecords(account: Account, options: StreamOptions): AsyncGenerator<readonly FlowRecord[]> {
  return paced(account.records(options.format), options);
}

function* linesOf(chunks: Iterable<string>): Generator<readonly string[]> {
  for (const chunk of chunks) yield chunk.slice(0, -1).split('\n');
}

/** Gives what is due since the beginning, so that a slow reader or a late timer does not lower the rate. */
async function* paced<T>(
  batches: Iterable<readonly T[]>,
  { rate, clock }: StreamOptions,
): AsyncGenerator<readonly T[]> {
  if (!(rate > 0)) throw new RangeError(`rate: ${rate} is not a number of records per second above 0`);
  const began = clock.now();
  let given = 0;
  for (const batch of batches) {
    for (let first = 0; first < batch.length; ) {
      const due = Math.floor(((clock.now() - began) / 1000) * rate) - given;
      const count = Math.min(
        batch.length - first,
        MOST_PER_BATCH,
        rate === Number.POSITIVE_INFINITY ? MOST_PER_BATCH : due,
      );
      if (count > 0) {
        yield batch.slice(first, first + count);
        first += count;
        given += count;
      } else await clock.sleep(Math.max(TICK_MILLISECONDS, 1000 / rate));
    }
  }
}
