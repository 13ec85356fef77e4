/**
 * Reads lines of a flow log into columns.
 *
 * A layout is compiled into a plan: for each value of a line the column that it goes to. A line is then read in one pass
 * from left to right; when it is as it should be, nothing is allocated. What else it may be is found out only then. No
 * line throws. The number of values is judged before the values themselves: a line of another layout has its first bad
 * value in an arbitrary place, and its count is what explains it.
 */
import type { BatchBuilder, BatchBuilders } from './batch-builder.ts';
import { duplicateOf, type Layout, namesOfHeader, toLayout } from './format.ts';
import type { RejectReason, SkipReason } from './record.ts';
import { isBlank, splitValues } from './tokens.ts';
import { isTransitGatewayLine } from './transit-gateway.ts';
import { BLANK, decodeUtf8, LINE_FEED, LineBytes, markLength, PADDING } from './utf8.ts';
import { describeBadValue, isDamaged } from './value.ts';
import { BAD_VALUE, type ValueColumn } from './value-columns.ts';

/** Longest line of text in UTF-16 code units: all 54 fields with the longest ARNs and tags stay well below it. */
export const MAX_LINE_LENGTH = 65_536;

/** What a line was. A `row` is the last one of `builder`. */
export type LineOutcome = 'row' | 'blank' | 'header' | 'skipped' | 'rejected';

/** `readRow` answers it for a line that is not a row at first sight. */
export const NO_ROW = -1;

export class LineReader {
  /** Why the last line that was no row is none. */
  reason: RejectReason | SkipReason = 'field-count';
  detail = '';
  readonly #builders: BatchBuilders;
  readonly #line = new LineBytes();
  #layout: Layout | null;
  #builder: BatchBuilder;
  #plan: readonly ValueColumn[];
  #bytes: Uint8Array = new Uint8Array(0);
  #view = new DataView(this.#bytes.buffer);
  /** Number of the value that `#readValues` refused, from 0. */
  #badValue = 0;

  /** @param layout of lines before the first header */
  constructor(layout: Layout, builders: BatchBuilders) {
    this.#builders = builders;
    this.#layout = layout;
    this.#builder = builders.of(layout.fields);
    this.#plan = toPlan(layout, this.#builder);
  }

  /** The layout in force; null after a header that was rejected. */
  get layout(): Layout | null {
    return this.#layout;
  }

  /** Where the rows of the layout go. */
  get builder(): BatchBuilder {
    return this.#builder;
  }

  /**
   * Reads the line at `from` if it is a record and nothing needs a closer look.
   *
   * @param bytes with a line feed at the end of the line and 8 bytes or more behind it
   * @returns the position of that line feed, or `NO_ROW`: then `read` says what the line is
   */
  readRow(bytes: Uint8Array, from: number): number {
    if (bytes !== this.#bytes) this.#use(bytes);
    const first = bytes[from] as number;
    // A record begins with a digit or `-` as a rule; names of fields and JSON do not.
    if (first > DIGIT_NINE || first <= BLANK || this.#layout?.kind !== 'vpc') return NO_ROW;
    const end = this.#readValues(this.#view, from);
    if (end === NO_ROW || end - from > MAX_LINE_LENGTH) return NO_ROW;
    this.#builder.add();
    return end;
  }

  /** Reads `bytes[from, to)` as one line. A good header sets the layout of the lines after it, a bad one leaves them without. */
  read(bytes: Uint8Array, from = 0, to = bytes.length): LineOutcome {
    if (bytes[to] === LINE_FEED && to + PADDING <= bytes.length) {
      if (bytes !== this.#bytes) this.#use(bytes);
      return this.#read(from, to);
    }
    this.#line.setBytes(bytes.subarray(from, to));
    return this.#readLine();
  }

  /** Reads a text as one line. */
  readText(text: string): LineOutcome {
    this.#line.setText(text);
    return this.#readLine();
  }

  #readLine(): LineOutcome {
    if (this.#line.bytes !== this.#bytes) this.#use(this.#line.bytes);
    return this.#read(0, this.#line.length);
  }

  #read(from: number, to: number): LineOutcome {
    const view = this.#view;
    const begin = skipBlanks(view, from + markLength(this.#bytes, from, to));
    if (begin >= to) return 'blank';
    const text = to - from > MAX_LINE_LENGTH || mayBeHeader(view, begin) ? decodeUtf8(view, from, to) : null;
    if (text !== null) {
      const special = this.#judgeText(text);
      if (special !== null) return special;
    }
    if (this.#layout?.kind === 'vpc' && this.#readValues(view, begin) !== NO_ROW) {
      this.#builder.add();
      return 'row';
    }
    return this.#explain(text ?? decodeUtf8(view, from, to));
  }

  /** A line that is too long, damaged or a header. */
  #judgeText(text: string): LineOutcome | null {
    if (text.length > MAX_LINE_LENGTH) {
      return this.#reject(
        'line-too-long',
        `${text.length} characters, more than the ${MAX_LINE_LENGTH} a record can have`,
      );
    }
    if (isDamaged(text)) return this.#rejectDamage();
    const names = namesOfHeader(withoutMark(text));
    return names === null ? null : this.#useHeader(names);
  }

  #useHeader(names: readonly string[]): LineOutcome {
    const duplicate = duplicateOf(names);
    if (duplicate !== undefined) {
      this.#layout = null;
      return this.#reject('duplicate-field', `the header names ${duplicate} twice`);
    }
    this.#layout = toLayout(names);
    this.#builder = this.#builders.of(names);
    this.#plan = toPlan(this.#layout, this.#builder);
    return 'header';
  }

  /** Reads all values of a line into the next row. The position of the line feed behind them, or `NO_ROW`. */
  #readValues(view: DataView, from: number): number {
    const row = this.#builder.nextRow();
    const plan = this.#plan;
    let at = from;
    for (let value = 0; value < plan.length; value++) {
      const end = (plan[value] as ValueColumn).read(view, at, row);
      if (end === BAD_VALUE) {
        this.#badValue = value;
        return NO_ROW;
      }
      at = view.getUint8(end) === BLANK && view.getUint8(end + 1) > BLANK ? end + 1 : skipBlanks(view, end);
    }
    return view.getUint8(at) === LINE_FEED ? at : NO_ROW;
  }

  /** Why a line is no row. It may be of another kind, which says more than its first fault. */
  #explain(text: string): LineOutcome {
    if (isDamaged(text)) return this.#rejectDamage();
    if (this.#layout?.kind === 'transit-gateway') return this.#setAside();
    if (isTransitGatewayLine(text)) return this.#setAside();
    if (hasControlCharacter(text)) {
      return this.#reject('not-a-flow-log', 'the line holds control characters, as binary data does');
    }
    if (this.#layout === null) {
      return this.#reject('unknown-layout', 'the header above was rejected, so the layout is not known');
    }
    const { fields } = this.#layout;
    const values = splitValues(withoutMark(text));
    if (values.length !== fields.length) {
      return this.#reject('field-count', `expected ${fields.length} values, found ${values.length}`);
    }
    const { reason, detail } = describeBadValue(fields[this.#badValue] as string, values[this.#badValue] as string);
    return this.#reject(reason, detail);
  }

  #rejectDamage(): LineOutcome {
    return this.#reject('bad-encoding', 'the line holds bytes that are not valid UTF-8');
  }

  #setAside(): LineOutcome {
    this.reason = 'transit-gateway';
    this.detail = 'set aside';
    return 'skipped';
  }

  #reject(reason: RejectReason, detail: string): LineOutcome {
    this.reason = reason;
    this.detail = detail;
    return 'rejected';
  }

  #use(bytes: Uint8Array): void {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }
}

const toPlan = ({ fields }: Layout, builder: BatchBuilder): readonly ValueColumn[] =>
  fields.map((field) => builder.column(field) as ValueColumn);

const DIGIT_NINE = 57;

/** Position of the first byte at or after `from` that is no separator within the line. */
const skipBlanks = (view: DataView, from: number): number => {
  let at = from;
  for (let byte = view.getUint8(at); byte !== LINE_FEED && isBlank(byte); byte = view.getUint8(at)) at++;
  return at;
};

const withoutMark = (text: string): string => (text.startsWith('\uFEFF') ? text.slice(1) : text);

/** A header begins with a small letter, and has nothing else than small letters, digits, hyphens and underscores. */
const mayBeHeader = (view: DataView, from: number): boolean => {
  if (!isSmallLetter(view.getUint8(from))) return false;
  for (let at = from; ; at++) {
    const byte = view.getUint8(at);
    if (byte === LINE_FEED) return true;
    const isName = isSmallLetter(byte) || (byte >= 48 && byte <= DIGIT_NINE) || byte === 45 || byte === 95;
    if (!isName && !isBlank(byte)) return false;
  }
};

const isSmallLetter = (byte: number): boolean => byte >= 97 && byte <= 122;

const hasControlCharacter = (line: string): boolean => {
  for (let position = 0; position < line.length; position++) {
    const code = line.charCodeAt(position);
    if (code < 32 && code !== 9 && code !== 10 && code !== 13) return true;
  }
  return false;
};
