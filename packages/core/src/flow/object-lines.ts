/** The lines of an object, each text or JSON by itself, numbered from 1. */
import type { FlowBatch } from './batch.ts';
import { BatchBuilders } from './batch-builder.ts';
import type { ReaderDictionaries } from './dictionaries.ts';
import type { Layout } from './format.ts';
import { type JsonTarget, MAX_JSON_LINE_LENGTH, readJsonDocument, readJsonLine } from './json.ts';
import { LineReader, MAX_LINE_LENGTH, NO_ROW } from './line-reader.ts';
import type { RejectReason, SkipReason } from './record.ts';
import { RecordReader } from './record-reader.ts';
import { decodeUtf8, isJsonBytes, LINE_FEED, skipBlankBytes } from './utf8.ts';

/** A line that is no record. */
export interface SetAside {
  /** Number of the line or row, from 1. */
  readonly line: number;
  readonly kind: 'rejected' | 'skipped';
  readonly reason: RejectReason | SkipReason;
  readonly detail: string;
  /** Its beginning: at most 4096 characters. */
  readonly text: string;
}

interface ObjectSink {
  /** Takes a batch, which is its own from then on. */
  batch(batch: FlowBatch): void;
  setAside(line: SetAside): void;
}

export interface ObjectReaderOptions {
  /** Layout of text before the first header. */
  readonly layout: Layout;
  readonly dictionaries: ReaderDictionaries;
  readonly sink: ObjectSink;
  /** A batch is given away when it has so many. Default: 65,536. */
  readonly rowsAtOnce?: number;
}

/** As much of a line as is kept when it is set aside, in UTF-16 code units, of which each takes up to three bytes. */
const KEPT_LENGTH = 4096;
const KEPT_BYTES = 3 * (KEPT_LENGTH + 1);

export class ObjectLines {
  readonly #sink: ObjectSink;
  readonly #builders: BatchBuilders;
  readonly #lines: LineReader;
  readonly #records: RecordReader;
  /** Number of the last line. */
  #number = 0;

  constructor({ sink, layout, ...options }: ObjectReaderOptions) {
    this.#sink = sink;
    this.#builders = new BatchBuilders({ ...options, onBatch: (batch) => sink.batch(batch) });
    this.#lines = new LineReader(layout, this.#builders);
    this.#records = new RecordReader(this.#builders);
  }

  /** Reads the lines in `bytes[from, to)`, which ends behind a line feed and has 8 bytes or more behind it. */
  readLines(bytes: Uint8Array, from: number, to: number): void {
    for (let at = from; at < to; ) {
      let end = this.#lines.readRow(bytes, at);
      if (end === NO_ROW) {
        end = bytes.indexOf(LINE_FEED, at);
        this.readLine(bytes, at, end);
      } else {
        this.#number++;
      }
      at = end + 1;
    }
  }

  /** Reads `bytes[from, to)` as one line. */
  readLine(bytes: Uint8Array, from = 0, to = bytes.length): void {
    this.#number++;
    if (isJsonBytes(bytes, from, to)) this.#readJson(decodeUtf8(bytes, from, to));
    else this.#readText(bytes, from, to);
  }

  #readJson(text: string): void {
    readJsonLine(text, this.#target(text));
  }

  #readText(bytes: Uint8Array, from: number, to: number): void {
    const outcome = this.#lines.read(bytes, from, to);
    if (outcome === 'rejected' || outcome === 'skipped') {
      this.#setAside(outcome, this.#lines, decodeUtf8(bytes, from, Math.min(to, from + KEPT_BYTES)));
    }
  }

  /**
   * Takes a line that is longer than any may be.
   *
   * @param beginning as much as is known of it
   * @param length in bytes
   */
  readLongLine(beginning: Uint8Array, length: number): void {
    this.#number++;
    if (skipBlankBytes(beginning, 0, beginning.length) === beginning.length) return;
    const [max, what] = isJsonBytes(beginning) ? [MAX_JSON_LINE_LENGTH, 'line of JSON'] : [MAX_LINE_LENGTH, 'record'];
    const detail = `${length} bytes, more than the ${max} characters a ${what} can have`;
    this.#setAside('rejected', { reason: 'line-too-long', detail }, decodeUtf8(beginning, 0, KEPT_BYTES));
  }

  /** Reads a text of several lines as if it were one. */
  readDocument(text: string): void {
    this.#number++;
    readJsonDocument(text, this.#target(text));
  }

  /** Reads rows of a table, column by column. */
  readRows(fields: readonly string[], columns: readonly ArrayLike<unknown>[], firstNumber: number): void {
    const rows = columns[0]?.length ?? 0;
    let row = 0;
    const valueAt = (place: number): unknown => columns[place]?.[row];
    for (; row < rows; row++) {
      const outcome = this.#records.read(fields, valueAt);
      if (outcome === 'row') continue;
      this.#number = firstNumber + row;
      const record = Object.fromEntries(fields.map((field, place) => [field, valueAt(place)]));
      this.#setAside(outcome, this.#records, JSON.stringify(record, writable));
    }
  }

  /** Gives away what has been read. */
  flush(): void {
    this.#builders.flush();
  }

  #target(text: string): JsonTarget {
    const lines = this.#lines;
    const records = this.#records;
    return {
      line: (line) => {
        const outcome = lines.readText(line);
        if (outcome === 'rejected' || outcome === 'skipped') this.#setAside(outcome, lines, text);
      },
      record: (object) => {
        const values = Object.values(object);
        const outcome = records.read(Object.keys(object), (place) => values[place]);
        if (outcome !== 'row') this.#setAside(outcome, records, text);
      },
      reject: (reason, detail) => this.#setAside('rejected', { reason, detail }, text),
    };
  }

  #setAside(kind: SetAside['kind'], { reason, detail }: Pick<SetAside, 'reason' | 'detail'>, text: string): void {
    this.#sink.setAside({ line: this.#number, kind, reason, detail, text: text.slice(0, KEPT_LENGTH) });
  }
}

/** JSON knows no integers of 64 bits. */
const writable = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? Number(value) : value);
