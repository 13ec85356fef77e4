/**
 * Reads an object of flow logs, text or JSON, from its bytes into batches. Each line is judged by itself: what is no
 * record is set aside with its number, and the others go on.
 *
 * An object that begins with JSON which does not end on its first line is read as one document: an answer of the AWS
 * CLI, or lines of which the first was cut off.
 */
import type { FlowBatch } from './batch.ts';
import { MAX_JSON_LINE_LENGTH } from './json.ts';
import { MAX_LINE_LENGTH } from './line-reader.ts';
import { ObjectLines, type ObjectReaderOptions, type SetAside } from './object-lines.ts';
import { isBlank } from './tokens.ts';
import { decodeUtf8, isJsonBytes, LINE_FEED, markLength, PADDING } from './utf8.ts';

export type { SetAside } from './object-lines.ts';

/** Longest document in bytes: it has to be in memory whole. */
const MAX_DOCUMENT_BYTES = 256 * 1024 * 1024;

/** Longest lines in bytes, of which a UTF-16 code unit takes up to three. */
const MAX_LINE_BYTES = 3 * MAX_LINE_LENGTH;
const MAX_JSON_LINE_BYTES = 3 * MAX_JSON_LINE_LENGTH;

export class ObjectReader {
  readonly #options: ObjectReaderOptions;
  readonly #lines: ObjectLines;
  /** A line that has begun. */
  readonly #line = new BegunLine();
  /** The parts of a document; null where the object is none. */
  #document: Uint8Array[] | null = null;
  #documentLength = 0;

  constructor(options: ObjectReaderOptions) {
    this.#options = options;
    this.#lines = new ObjectLines(options);
  }

  /** Takes the next bytes of the object, decompressed and cut anywhere. They may be overwritten afterwards. */
  push(bytes: Uint8Array): void {
    for (let from = 0; from < bytes.length; ) from = this.#take(bytes, from);
  }

  /**
   * Reads what is left and gives away all batches.
   *
   * @param isCutOff bytes are missing: the last line is not known to its end, and is passed over
   */
  end({ isCutOff = false }: { readonly isCutOff?: boolean } = {}): void {
    if (!isCutOff && this.#line.length > 0) this.#endLine();
    if (this.#document !== null) this.#endDocument(this.#document, isCutOff);
    this.#lines.flush();
  }

  /**
   * Reads rows of a table by the rules of JSON records.
   *
   * @param fields names of the columns, none twice
   * @param columns values of each: texts, numbers, null, and what is kept as its JSON
   * @param firstNumber number of the first row
   */
  pushRows(fields: readonly string[], columns: readonly ArrayLike<unknown>[], firstNumber: number): void {
    this.#lines.readRows(fields, columns, firstNumber);
  }

  /** Takes some of the bytes from `from` on; the position of the next. */
  #take(bytes: Uint8Array, from: number): number {
    if (this.#document !== null) return this.#addToDocument(this.#document, bytes.subarray(from)) + from;
    const whole = this.#line.isBegun ? -1 : lastWholeLine(bytes);
    if (whole >= from) {
      this.#lines.readLines(bytes, from, whole + 1);
      return whole + 1;
    }
    const end = bytes.indexOf(LINE_FEED, from);
    this.#line.add(bytes.subarray(from, end < 0 ? bytes.length : end));
    if (end < 0) return bytes.length;
    this.#endLine();
    return end + 1;
  }

  #endLine(): void {
    const { isFirst, isCut, length } = this.#line;
    const line = this.#line.take();
    if (isCut) this.#lines.readLongLine(line, length);
    else if (isFirst && isOpenJson(line)) this.#beginDocument(withLineFeed(line));
    else this.#lines.readLine(line);
  }

  #beginDocument(line: Uint8Array): void {
    this.#document = [line];
    this.#documentLength = line.length;
  }

  #addToDocument(document: Uint8Array[], part: Uint8Array): number {
    document.push(part.slice());
    this.#documentLength += part.length;
    if (this.#documentLength > MAX_DOCUMENT_BYTES) {
      this.#document = null;
      for (const one of document) this.push(one);
    }
    return part.length;
  }

  /** Where a document cannot be read whole, the reading counts that finds more. */
  #endDocument(document: readonly Uint8Array[], isCutOff: boolean): void {
    this.#document = null;
    const bytes = joined(document);
    const text = isCutOff ? bytes.subarray(0, bytes.lastIndexOf(LINE_FEED)) : bytes;
    const whole = this.#attempt((lines) => lines.readDocument(decodeUtf8(text, 0, text.length)));
    const isWhole = !whole.setAside.some(({ reason }) => reason === 'bad-json');
    const single = isWhole ? whole : this.#attempt((lines) => readEachLine(lines, text));
    this.#give(rowsIn(single) > rowsIn(whole) ? single : whole);
  }

  #attempt(read: (lines: ObjectLines) => void): Attempt {
    const attempt: Attempt = { batches: [], setAside: [] };
    const sink = {
      batch: (batch: FlowBatch) => void attempt.batches.push(batch),
      setAside: (line: SetAside) => void attempt.setAside.push(line),
    };
    const lines = new ObjectLines({ ...this.#options, sink });
    read(lines);
    lines.flush();
    return attempt;
  }

  #give({ batches, setAside }: Attempt): void {
    const { sink } = this.#options;
    for (const batch of batches) sink.batch(batch);
    for (const line of setAside) sink.setAside(line);
  }
}

/** What one of several readings of a document gives. */
interface Attempt {
  readonly batches: FlowBatch[];
  readonly setAside: SetAside[];
}

const readEachLine = (lines: ObjectLines, text: Uint8Array): void => {
  for (let from = 0; from < text.length; ) {
    const end = text.indexOf(LINE_FEED, from);
    const to = end < 0 ? text.length : end;
    lines.readLine(text, from, to);
    from = to + 1;
  }
};

const rowsIn = ({ batches }: Attempt): number => batches.reduce((sum, { length }) => sum + length, 0);

/** A line that comes in parts, of which no more is kept than has to be known of it: memory stays bounded. */
class BegunLine {
  /** Whether it is the first of the object: a document in one line must fit whole, and may follow a byte order mark. */
  isFirst = true;
  /** Of the line so far, whether or not it is kept. */
  length = 0;
  /** Whether it is longer than any line may be: then its beginning is kept. */
  isCut = false;
  #parts: Uint8Array[] = [];
  #limit = MAX_LINE_BYTES;

  get isBegun(): boolean {
    return this.isFirst || this.length > 0;
  }

  add(part: Uint8Array): void {
    this.length += part.length;
    if (this.isCut) return;
    this.#parts.push(part.slice());
    if (this.length <= this.#limit) return;
    const begun = joined(this.#parts);
    this.#limit = this.#limitOf(begun.subarray(0, MAX_LINE_BYTES));
    this.isCut = this.length > this.#limit;
    this.#parts = [this.isCut ? begun.slice(0, MAX_LINE_BYTES) : begun];
  }

  /** The line, without the byte order mark of an object. The next one begins. */
  take(): Uint8Array {
    const bytes = joined(this.#parts);
    const line = this.isFirst ? bytes.subarray(markLength(bytes)) : bytes;
    this.isFirst = false;
    this.length = 0;
    this.isCut = false;
    this.#parts = [];
    this.#limit = MAX_LINE_BYTES;
    return line;
  }

  #limitOf(beginning: Uint8Array): number {
    if (!isJsonBytes(beginning, this.isFirst ? markLength(beginning) : 0)) return MAX_LINE_BYTES;
    return this.isFirst ? MAX_DOCUMENT_BYTES : MAX_JSON_LINE_BYTES;
  }
}

const joined = (parts: readonly Uint8Array[]): Uint8Array => {
  if (parts.length === 1) return parts[0] as Uint8Array;
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
};

/** Position of the last line feed that has enough behind it to be read where it is; -1 = there is none. */
const lastWholeLine = (bytes: Uint8Array): number =>
  bytes.length > PADDING ? bytes.lastIndexOf(LINE_FEED, bytes.length - 1 - PADDING) : -1;

const withLineFeed = (line: Uint8Array): Uint8Array => joined([line, Uint8Array.of(LINE_FEED)]);

/** Whether JSON begins here and does not end on the line. */
const isOpenJson = (line: Uint8Array): boolean => {
  if (!isJsonBytes(line)) return false;
  let end = line.length;
  while (isBlank(line[end - 1] as number)) end--;
  const last = line[end - 1];
  const isClosed = last === CLOSING_BRACE || last === CLOSING_BRACKET;
  return !isClosed || (end === 2 && last === CLOSING_BRACKET) || line.length > MAX_JSON_LINE_LENGTH;
};

const CLOSING_BRACE = 125;
const CLOSING_BRACKET = 93;
