/**
 * Reading the records of an event into batches: each a line as the ingestor puts it, or JSON as flow logs put it directly.
 */
import { messageOf } from '@flowfit/core/errors';
import { type BatchBuilder, BatchBuilders } from '@flowfit/core/flow/batch-builder';
import type { ReaderDictionaries } from '@flowfit/core/flow/dictionaries';
import type { Layout } from '@flowfit/core/flow/format';
import { isJson, type JsonObject, readJsonLine } from '@flowfit/core/flow/json';
import { NO_ROW } from '@flowfit/core/flow/line-reader';
import type { RejectReason, SkipReason } from '@flowfit/core/flow/record';
import { RecordReader } from '@flowfit/core/flow/record-reader';
import { LayoutsReader, type ReadLine, type Row } from './layouts.ts';
import { type Part, Parts } from './parts.ts';

/** Why a record leaves no document although nothing is wrong with it. */
export type DropReason = SkipReason | 'empty' | 'header' | 'no-data' | 'skip-data';

/** Why a record cannot become one document. */
export type FailReason =
  | RejectReason
  /** Several records in one: the destination takes one document per record. */
  | 'several-records'
  /** A compressed envelope: the log group is subscribed to the stream itself instead of the ingestor. */
  | 'compressed'
  /** The document would take the response over its limit. */
  | 'response-full'
  /** A defect of the function. */
  | 'internal';

export type ReadRecord =
  | Row
  | { readonly kind: 'dropped'; readonly reason: DropReason }
  | { readonly kind: 'failed'; readonly reason: FailReason; readonly detail: string };

export interface ReadEvent {
  /** One for each record of the event, in its order. */
  readonly records: readonly ReadRecord[];
  readonly parts: readonly Part[];
}

/** More than an event can have: its batches are complete when it is read, and no earlier. */
const ROWS_AT_ONCE = 1 << 20;

export class EventReader {
  readonly dictionaries: ReaderDictionaries;
  readonly #builders: BatchBuilders;
  readonly #lines: LayoutsReader;
  readonly #objects: RecordReader;
  readonly #parts = new Parts();
  /** One piece of memory for all records: a buffer for each would be garbage at once. */
  #memory = Buffer.alloc(64 * 1024);

  constructor(layouts: readonly Layout[], dictionaries: ReaderDictionaries) {
    this.dictionaries = dictionaries;
    this.#builders = new BatchBuilders({
      dictionaries,
      rowsAtOnce: ROWS_AT_ONCE,
      onBatch: (batch, builder) => this.#parts.complete(batch, builder),
    });
    this.#lines = new LayoutsReader(layouts, this.#builders, (builder) => this.#lastRowOf(builder));
    this.#objects = new RecordReader(this.#builders);
  }

  /** @param data of the records, base64 */
  read(data: readonly { readonly data: string }[]): ReadEvent {
    const records = data.map((record) => this.#readSafely(record.data));
    this.#builders.flush();
    return { records, parts: this.#parts.take() };
  }

  #readSafely(data: string): ReadRecord {
    try {
      return this.#read(data);
    } catch (error) {
      return { kind: 'failed', reason: 'internal', detail: messageOf(error) };
    }
  }

  #read(data: string): ReadRecord {
    // Room for the line end and what readers look at behind it.
    if (data.length + 16 > this.#memory.length) this.#memory = Buffer.alloc(2 * (data.length + 16));
    const memory = this.#memory;
    const length = memory.write(data, 0, 'base64');
    if (length === 0) return EMPTY;
    const end = memory[length - 1] === LINE_FEED ? length - 1 : length;
    memory[end] = LINE_FEED;
    const { builder } = this.#lines;
    const behind = this.#lines.readRow(memory);
    if (behind === end) return this.#lastRowOf(builder);
    if (behind !== NO_ROW) builder.drop();
    if (memory[0] === 0x1f && memory[1] === 0x8b) return COMPRESSED;
    return this.#readText(memory.toString('utf8', 0, end));
  }

  #readText(text: string): ReadRecord {
    if (isJson(text)) return single(this.#readJson(text));
    return single(text.split('\n').map((line) => this.#lines.read(line)));
  }

  #readJson(text: string): ReadLine[] {
    const lines: ReadLine[] = [];
    readJsonLine(text, {
      line: (line) => void lines.push(this.#lines.read(line)),
      record: (object) => void lines.push(this.#readObject(object)),
      reject: (reason, detail) => void lines.push({ kind: 'rejected', reason, detail }),
    });
    return lines;
  }

  #readObject(object: JsonObject): ReadLine {
    const reader = this.#objects;
    const names = Object.keys(object);
    const outcome = reader.read(names, (place) => object[names[place] as string]);
    if (outcome === 'rejected')
      return { kind: 'rejected', reason: reader.reason as RejectReason, detail: reader.detail };
    const { builder } = reader;
    if (outcome === 'skipped' || builder === null) return { kind: 'skipped', reason: reader.reason as SkipReason };
    return this.#lastRowOf(builder);
  }

  #lastRowOf(builder: BatchBuilder): Row {
    return { kind: 'row', part: this.#parts.of(builder), row: builder.length - 1 };
  }
}

const LINE_FEED = 10;
const EMPTY: ReadRecord = { kind: 'dropped', reason: 'empty' };
const HEADER: ReadRecord = { kind: 'dropped', reason: 'header' };
const COMPRESSED: ReadRecord = {
  kind: 'failed',
  reason: 'compressed',
  detail: 'gzip data: subscribe the ingestor to the log group instead of the delivery stream',
};

/** Of several lines, one that holds something. */
function single(lines: readonly ReadLine[]): ReadRecord {
  const filled = lines.filter(({ kind }) => kind !== 'blank' && kind !== 'header');
  if (filled.length === 0) return lines.some(({ kind }) => kind === 'header') ? HEADER : EMPTY;
  if (filled.length === 1) return toRecord(filled[0]!);
  const detail = `${filled.length} flow records in one Firehose record`;
  return { kind: 'failed', reason: 'several-records', detail };
}

function toRecord(line: ReadLine): ReadRecord {
  switch (line.kind) {
    case 'row':
      return line;
    case 'blank':
      return EMPTY;
    case 'header':
      return HEADER;
    case 'skipped':
      return { kind: 'dropped', reason: line.reason };
    case 'rejected':
      return { kind: 'failed', reason: line.reason, detail: line.detail };
  }
}
