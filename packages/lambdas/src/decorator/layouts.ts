/**
 * A reader for a stream in which flow logs of several formats may interleave.
 *
 * CloudWatch Logs and Firehose deliver no headers, so formats are told beforehand. A line is read with the format that
 * has as many fields as it has values; where several have, all are tried and exactly one must fit. A line that fits
 * more than one is rejected: its meaning is not guessed.
 */
import type { BatchBuilder, BatchBuilders } from '@flowfit/core/flow/batch-builder';
import { DEFAULT_LAYOUT, type Layout, parseFormat } from '@flowfit/core/flow/format';
import { LineReader, NO_ROW } from '@flowfit/core/flow/line-reader';
import type { RejectReason, SkipReason } from '@flowfit/core/flow/record';
import { splitValues } from '@flowfit/core/flow/tokens';
import type { Part } from './parts.ts';

/** Reads formats as they stand in configuration, separated by `;`. Empty = none told. @throws FormatError */
export function parseFormats(text: string): Layout[] {
  return text
    .split(';')
    .filter((format) => format.trim() !== '')
    .map(parseFormat);
}

/** A row of a batch that is complete once the whole event is read. */
export interface Row {
  readonly kind: 'row';
  readonly part: Part;
  readonly row: number;
}

/** What a line was. */
export type ReadLine =
  | Row
  | { readonly kind: 'blank' | 'header' }
  | { readonly kind: 'skipped'; readonly reason: SkipReason }
  | { readonly kind: 'rejected'; readonly reason: RejectReason; readonly detail: string };

/** Reads lines each of which stands for itself: a header is a line of no use here and changes nothing. */
export class LayoutsReader {
  readonly #layouts: readonly Layout[];
  readonly #builders: BatchBuilders;
  readonly #toRow: (builder: BatchBuilder) => Row;
  readonly #readers: LineReader[];

  /** @param toRow what is made of the last row of a builder; asked at once, since others may complete its batch */
  constructor(layouts: readonly Layout[], builders: BatchBuilders, toRow: (builder: BatchBuilder) => Row) {
    const distinct = new Map(layouts.map((layout) => [layout.fields.join(' '), layout]));
    this.#layouts = distinct.size === 0 ? [DEFAULT_LAYOUT] : [...distinct.values()];
    this.#builders = builders;
    this.#toRow = toRow;
    this.#readers = this.#layouts.map((layout) => new LineReader(layout, builders));
  }

  /** Where `readRow` puts rows. */
  get builder(): BatchBuilder {
    return (this.#readers[0] as LineReader).builder;
  }

  /**
   * As `LineReader.readRow`, for nearly all lines of nearly all streams. Where there are several formats, no line is
   * what it seems at first sight.
   */
  readRow(bytes: Uint8Array): number {
    return this.#readers.length === 1 ? (this.#readers[0] as LineReader).readRow(bytes, 0) : NO_ROW;
  }

  read(line: string): ReadLine {
    if (this.#readers.length === 1) return this.#readWith(0, line);
    const count = splitValues(line).length;
    const numbers = this.#layouts.flatMap(({ fields }, number) => (fields.length === count ? [number] : []));
    const results = (numbers.length > 0 ? numbers : [0]).map((number) => this.#readWith(number, line));
    const fitting = results.filter(({ kind }) => kind !== 'rejected');
    const [first = results[0] as ReadLine] = fitting;
    if (fitting.length <= 1 || first.kind === 'skipped') return first;
    const detail = `the line fits ${fitting.length} of the ${this.#layouts.length} formats; set FLOW_LOG_FORMAT to the one of this stream`;
    return { kind: 'rejected', reason: 'unknown-layout', detail };
  }

  #readWith(number: number, line: string): ReadLine {
    const layout = this.#layouts[number] as Layout;
    const reader = this.#readers[number] as LineReader;
    const outcome = reader.readText(line);
    // A header, good or bad, leaves the reader in another state than the next line may rely on.
    if (reader.layout !== layout) this.#readers[number] = new LineReader(layout, this.#builders);
    switch (outcome) {
      case 'row':
        return this.#toRow(reader.builder);
      case 'skipped':
        return { kind: 'skipped', reason: reader.reason as SkipReason };
      case 'rejected':
        return { kind: 'rejected', reason: reader.reason as RejectReason, detail: reader.detail };
      default:
        return { kind: outcome };
    }
  }
}
