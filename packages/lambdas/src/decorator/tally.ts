/** What became of the records of a batch: counts for the metrics, one example per reason for the log. */
import type { Count, Log } from '../telemetry.ts';
import type { DropReason, FailReason } from './read.ts';

export class Tally {
  #decorated = 0;
  readonly #dropped = new Map<DropReason, number>();
  readonly #failed = new Map<FailReason, { count: number; readonly example: string }>();

  decorated(): void {
    this.#decorated += 1;
  }

  dropped(reason: DropReason): void {
    this.#dropped.set(reason, (this.#dropped.get(reason) ?? 0) + 1);
  }

  failed(reason: FailReason, detail: string): void {
    const known = this.#failed.get(reason);
    if (known) known.count += 1;
    else this.#failed.set(reason, { count: 1, example: detail });
  }

  report({ log, count }: { readonly log: Log; readonly count: Count }): void {
    count('RecordsDecorated', this.#decorated);
    count('RecordsDropped', sum(this.#dropped.values()));
    count('RecordsNoData', this.#dropped.get('no-data') ?? 0);
    count('RecordsSkipData', this.#dropped.get('skip-data') ?? 0);
    count('RecordsFailed', sum([...this.#failed.values()].map((each) => each.count)));
    const dropped = Object.fromEntries(this.#dropped);
    log.info('batch decorated', { decorated: this.#decorated, dropped });
    if (this.#failed.size > 0) log.warn('records failed', { failed: Object.fromEntries(this.#failed) });
  }
}

const sum = (numbers: Iterable<number>): number => [...numbers].reduce((total, each) => total + each, 0);
