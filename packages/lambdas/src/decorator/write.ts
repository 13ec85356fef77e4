/** Enriched documents of the records of an event, in base64 as Firehose takes them. */
import { BatchDocuments, type OpenBatch } from '@flowfit/core/document/batch-writer';
import { BatchEnricher, type BatchSources } from '@flowfit/core/enrich/batch';
import type { Dictionaries } from '@flowfit/core/flow/batch';
import type { Part } from './parts.ts';

/** Lives as long as the dictionaries of the batches, and as what the inventory says. */
export class EventWriter {
  readonly #enricher: BatchEnricher;
  readonly #documents: BatchDocuments;
  #open: ReadonlyMap<Part, OpenBatch> = new Map();
  // Neighbouring records mostly are in the same part.
  #lastPart: Part | null = null;
  #lastBatch: OpenBatch | null = null;
  #view: Buffer = Buffer.alloc(0);

  constructor(dictionaries: Dictionaries, sources: BatchSources) {
    this.#enricher = new BatchEnricher(dictionaries, sources);
    this.#documents = new BatchDocuments(dictionaries, this.#enricher);
  }

  /** The event whose records are written from now on. */
  open(parts: readonly Part[]): void {
    this.#open = new Map(
      parts.map((part) => [part, this.#documents.open(part.batch, this.#enricher.enrich(part.batch))]),
    );
    this.#lastPart = null;
  }

  /** The document of a row. @throws RangeError for a start that no calendar has */
  write(part: Part, row: number): string {
    if (part !== this.#lastPart) {
      this.#lastBatch = this.#open.get(part) ?? null;
      this.#lastPart = part;
    }
    if (this.#lastBatch === null) throw new Error('a part of another event');
    const length = this.#documents.write(this.#lastBatch, row);
    const { buffer } = this.#documents.memory;
    // A new view only when the memory was replaced.
    if (this.#view.buffer !== buffer) this.#view = Buffer.from(buffer);
    return this.#view.toString('base64', 0, length);
  }
}
