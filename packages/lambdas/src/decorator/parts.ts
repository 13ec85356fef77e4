/** The batches that the records of one event end up in. */
import type { FlowBatch } from '@flowfit/core/flow/batch';
import type { BatchBuilder } from '@flowfit/core/flow/batch-builder';

/** The rows of an event that are in one batch. */
export class Part {
  #batch: FlowBatch | null = null;

  /** Known once the whole event is read. */
  get batch(): FlowBatch {
    if (this.#batch === null) throw new Error('a batch is asked for before it is complete');
    return this.#batch;
  }

  complete(batch: FlowBatch): void {
    this.#batch = batch;
  }
}

/** Which part the rows of a builder belong to, until its batch is complete. */
export class Parts {
  readonly #open = new Map<BatchBuilder, Part>();
  #parts: Part[] = [];
  // Neighbouring records mostly have the same fields.
  #lastBuilder: BatchBuilder | null = null;
  #lastPart = new Part();

  of(builder: BatchBuilder): Part {
    if (builder === this.#lastBuilder) return this.#lastPart;
    const part = this.#open.get(builder) ?? this.#begin(builder);
    this.#lastBuilder = builder;
    this.#lastPart = part;
    return part;
  }

  #begin(builder: BatchBuilder): Part {
    const part = new Part();
    this.#open.set(builder, part);
    this.#parts.push(part);
    return part;
  }

  /** Nobody may have asked for its part: a batch of rows that did not count. */
  complete(batch: FlowBatch, builder: BatchBuilder): void {
    this.#open.get(builder)?.complete(batch);
    this.#open.delete(builder);
    if (builder === this.#lastBuilder) this.#lastBuilder = null;
  }

  /** All parts since the last call. */
  take(): readonly Part[] {
    const parts = this.#parts;
    this.#parts = [];
    return parts;
  }
}
