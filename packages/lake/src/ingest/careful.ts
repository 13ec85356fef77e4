/**
 * The careful path: objects that the bulk path cannot take whole go line by line through the core's parser. Records
 * are written out again in the plain shape, which the bulk path then reads; everything else is counted by reason.
 */
import { appendFileSync, createReadStream } from 'node:fs';
import { join } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { messageOf } from '@flowfit/core/errors';
import { fieldOf } from '@flowfit/core/flow/fields';
import type { Layout } from '@flowfit/core/flow/format';
import { decodeJsonDocument, decodeJsonLine, isJson, MAX_JSON_LINE_LENGTH } from '@flowfit/core/flow/json';
import { createLineParser, type LineParser, MAX_LINE_LENGTH } from '@flowfit/core/flow/parse';
import type { FlowRecord, ParsedLine } from '@flowfit/core/flow/record';
import { canonicalAddress } from '@flowfit/core/net/address';
import { canonicalOrder } from '../sql/columns.ts';
import type { InputObject } from './discover.ts';
import { gunzipped } from './gzip.ts';
import { missingMark } from './plain.ts';
import { withoutMark } from './sniff.ts';

/** A line that was not stored, as `rejects/` keeps it. */
export interface Reject {
  readonly source: string;
  readonly line: number;
  readonly reason: string;
  readonly detail: string;
  readonly text: string;
}

/** Files of plain lines, tab-separated, one for each set of fields. */
export interface PlainFile {
  readonly path: string;
  readonly fields: readonly string[];
}

export interface CarefulResult {
  readonly files: readonly PlainFile[];
  readonly rejected: Readonly<Record<string, number>>;
  /** Why reading stopped before the end. */
  readonly damage: { readonly code: string; readonly message: string } | null;
}

/** As much of a rejected line as `rejects/` keeps. */
const KEPT_LENGTH = 4096;

/** Longest document that is no JSON line by line: it has to be in memory whole. */
const MAX_DOCUMENT_LENGTH = 256 * 1024 * 1024;

export class CarefulReader {
  readonly #object: InputObject;
  readonly #writers = new Map<string, PlainWriter>();
  readonly #folder: string;
  readonly #onReject: (reject: Reject) => void;
  readonly #rejected: Record<string, number> = {};

  /** @param folder where the plain files go; the object's own */
  constructor(object: InputObject, folder: string, onReject: (reject: Reject) => void) {
    this.#object = object;
    this.#folder = folder;
    this.#onReject = onReject;
  }

  async read(compression: 'gzip' | 'none', layout: Layout): Promise<CarefulResult> {
    const parser = createLineParser(layout);
    const document: string[] = [];
    let documentLength = 0;
    let isDocument = false;
    let damage: CarefulResult['damage'] = null;
    try {
      for await (const { text, number } of linesOf(this.#object.path, compression)) {
        if (number === 1) isDocument = isOpenJson(text);
        if (!isDocument) {
          for (const line of decodeLine(text, parser)) this.take(line, number, text);
          continue;
        }
        document.push(text);
        documentLength += text.length;
        if (documentLength <= MAX_DOCUMENT_LENGTH) continue;
        for (const one of decodeLines(document, parser)) this.take(one.line, one.number, one.text);
        isDocument = false;
      }
    } catch (error) {
      damage = damageOf(this.#object.source, compression, error);
    }
    if (isDocument) {
      for (const { line, number, text } of decodeDocument(document, layout)) this.take(line, number, text);
    }
    return this.finish(damage);
  }

  /** Closes the plain files. */
  finish(damage: CarefulResult['damage'] = null): CarefulResult {
    for (const writer of this.#writers.values()) writer.close();
    return { files: [...this.#writers.values()], rejected: this.#rejected, damage };
  }

  /** Takes what a line, or a row of another kind of object, was decoded to. */
  take(line: ParsedLine, number: number, text: string): void {
    switch (line.kind) {
      case 'record':
      case 'no-data':
      case 'skip-data':
        this.#writerOf(line.record).write(line.record);
        return;
      case 'skipped':
        this.#reject(line.reason, 'set aside', number, text);
        return;
      case 'rejected':
        this.#reject(line.reason, line.detail, number, text);
    }
  }

  #reject(reason: string, detail: string, line: number, text: string): void {
    this.#rejected[reason] = (this.#rejected[reason] ?? 0) + 1;
    this.#onReject({ source: this.#object.source, line, reason, detail, text: text.slice(0, KEPT_LENGTH) });
  }

  #writerOf(record: FlowRecord): PlainWriter {
    const key = JSON.stringify(Object.keys(record));
    let writer = this.#writers.get(key);
    if (writer === undefined) {
      writer = new PlainWriter(join(this.#folder, `${this.#writers.size}.tsv`), canonicalOrder(Object.keys(record)));
      this.#writers.set(key, writer);
    }
    return writer;
  }
}

/** Writes records as tab-separated lines. */
class PlainWriter implements PlainFile {
  readonly path: string;
  readonly fields: readonly string[];
  readonly #isAddress: readonly boolean[];
  #pending: string[] = [];

  constructor(path: string, fields: readonly string[]) {
    this.path = path;
    this.fields = fields;
    this.#isAddress = fields.map((name) => fieldOf(name)?.type === 'address');
  }

  write(record: FlowRecord): void {
    this.#pending.push(this.fields.map((name, index) => this.#toText(record[name], index)).join('\t'));
    if (this.#pending.length === 4096) this.#flush();
  }

  close(): void {
    this.#flush();
  }

  #toText(value: FlowRecord[string] | undefined, index: number): string {
    if (value === null || value === undefined) return missingMark('\t');
    if (typeof value === 'number') return String(value);
    if (this.#isAddress[index] === true) return canonicalAddress(value) ?? value;
    return value.replaceAll(CONTROL, ' ');
  }

  #flush(): void {
    // Not kept open: objects of JSON may have more sets of fields than a process may open files.
    if (this.#pending.length > 0) appendFileSync(this.path, `${this.#pending.join('\n')}\n`);
    this.#pending = [];
  }
}

const CONTROL = /[\x00-\x1f]/g;

interface DecodedLine {
  readonly line: ParsedLine;
  readonly number: number;
  /** Or its beginning. */
  readonly text: string;
}

/**
 * What began as JSON that does not end on its first line: one document, or lines of which the first was cut off.
 * Where the document cannot be read whole, the reading counts that finds more.
 */
const decodeDocument = (lines: readonly string[], layout: Layout): DecodedLine[] => {
  const text = lines.join('\n');
  const whole = decodeJsonDocument(text, createLineParser(layout)).map(
    (line): DecodedLine => ({ line, number: 1, text: text.slice(0, KEPT_LENGTH) }),
  );
  if (!whole.some(({ line }) => line.kind === 'rejected' && line.reason === 'bad-json')) return whole;
  const single = decodeLines(lines, createLineParser(layout));
  return recordsIn(single) > recordsIn(whole) ? single : whole;
};

const decodeLines = (lines: readonly string[], parser: LineParser): DecodedLine[] =>
  lines.flatMap((text, index) => decodeLine(text, parser).map((line) => ({ line, number: index + 1, text })));

const recordsIn = (lines: readonly DecodedLine[]): number => lines.filter(({ line }) => 'record' in line).length;

const decodeLine = (text: string, parser: LineParser): ParsedLine[] =>
  isJson(text) ? decodeJsonLine(text, parser) : [parser.parse(text)];

/** Whether JSON begins here and does not end on the line. */
const isOpenJson = (line: string): boolean => {
  if (!isJson(line)) return false;
  const text = line.trimEnd();
  return !(text.endsWith('}') || text.endsWith(']')) || text === '[]' || text.length > MAX_JSON_LINE_LENGTH;
};

const damageOf = (source: string, compression: string, error: unknown): { code: string; message: string } => {
  const code = compression === 'gzip' ? 'gzip-damaged' : 'input-unreadable';
  const what = compression === 'gzip' ? 'its gzip data are damaged or cut off' : 'it could not be read to its end';
  return {
    code,
    message: `${source}: ${what} (${messageOf(error)}). What was readable is kept; ingest the object again once it is repaired.`,
  };
};

/**
 * The lines of an object, numbered from 1. A line longer than any JSON line may be is cut there, and what follows up
 * to its end is passed over: memory stays bounded whatever the input.
 */
const linesOf = async function* (
  path: string,
  compression: 'gzip' | 'none',
): AsyncGenerator<{ text: string; number: number }> {
  const line = new LongLine(MAX_DOCUMENT_LENGTH);
  let number = 0;
  for await (const part of textOf(path, compression)) {
    let from = 0;
    for (let to = part.indexOf('\n'); to >= 0; to = part.indexOf('\n', from)) {
      line.add(part.slice(from, to));
      yield { text: line.take(), number: ++number };
      from = to + 1;
    }
    line.add(part.slice(from));
  }
  if (!line.isEmpty) yield { text: line.take(), number: number + 1 };
};

/** A line that comes in parts, of which no more is kept than has to be known of it. */
class LongLine {
  #parts: string[] = [];
  #length = 0;
  #limit = 0;
  #longestJson: number;

  /** @param longestFirst A document in one line must fit whole; another line of JSON or text need not. */
  constructor(longestFirst: number) {
    this.#longestJson = longestFirst;
  }

  get isEmpty(): boolean {
    return this.#length === 0;
  }

  add(part: string): void {
    if (part === '') return;
    if (this.#length === 0) this.#limit = 1 + (isJson(part) ? this.#longestJson : MAX_LINE_LENGTH);
    if (this.#length < this.#limit) this.#parts.push(part.slice(0, this.#limit - this.#length));
    this.#length += part.length;
  }

  take(): string {
    const text = this.#parts.join('');
    this.#parts = [];
    this.#length = 0;
    this.#longestJson = MAX_JSON_LINE_LENGTH;
    return text;
  }
}

/**
 * The text of an object in parts, without a byte order mark. Before it fails because of damage it gives what could be
 * read, less the output of one step of decompression, which is why the steps are small.
 */
const textOf = async function* (path: string, compression: 'gzip' | 'none'): AsyncGenerator<string> {
  const bytes = compression === 'gzip' ? gunzipped(path, 1 << 14) : createReadStream(path, { highWaterMark: 1 << 18 });
  const decoder = new StringDecoder('utf8');
  let isFirst = true;
  for await (const chunk of bytes) {
    const text = decoder.write(chunk as Buffer);
    yield isFirst ? withoutMark(text) : text;
    if (text !== '') isFirst = false;
  }
  yield decoder.end();
};
