/**
 * Columns of a batch while it is built, and how the values of each type of field are read into them: the one definition
 * of what a value may be.
 */
import { type FlowColumn, MISSING_CODE, MISSING_NUMBER } from './batch.ts';
import type { ReaderDictionaries, ReaderDictionary } from './dictionaries.ts';
import { fieldOf, maximumOf } from './fields.ts';
import type { RowHashes } from './row-hash.ts';
import { isBlank } from './tokens.ts';
import { LineBytes } from './utf8.ts';
import { MISSING } from './value.ts';
import { firstMarked, numberOf, othersIn } from './words.ts';

/** In the place of a position: the value is bad. */
export const BAD_VALUE = -1;

export interface ValueColumn {
  /**
   * Reads the value at `from`, which ends before a separator, into a row.
   *
   * @returns the position behind it, or `BAD_VALUE`
   */
  read(view: DataView, from: number, row: number): number;
  /** Takes a value that is no text of a line. False = it is bad. */
  write(value: string | number, row: number): boolean;
  /** Puts back what `valueAt` gave. */
  put(value: string | number, row: number): void;
  setMissing(row: number): void;
  /** The value of a row as records have it. */
  valueAt(row: number): string | number | null;
  /** Keeps what it has, and has room for so many rows. */
  grow(rows: number): void;
  /** @param field whose column it is */
  addTo(hashes: RowHashes, field: string): void;
  /** What it has, which goes on changing. */
  current(): FlowColumn;
  /** Gives its rows away. */
  take(): FlowColumn;
}

export const createColumn = (field: string, dictionaries: ReaderDictionaries): ValueColumn => {
  const definition = fieldOf(field);
  switch (definition?.type) {
    case 'int':
      return new NumberColumn(maximumOf(definition), (rows) => new Int32Array(rows));
    case 'long':
    case 'seconds':
      return new NumberColumn(maximumOf(definition), (rows) => new Float64Array(rows));
    default:
      return new CodeColumn(dictionaries.of(field));
  }
};

const MINUS = 45;
const ZEROS = 0x30303030;
const POWERS = [1, 10, 100, 1000] as const;

class NumberColumn implements ValueColumn {
  readonly #max: number;
  readonly #create: (rows: number) => Int32Array | Float64Array;
  #values: Int32Array | Float64Array;

  constructor(max: number, create: (rows: number) => Int32Array | Float64Array) {
    this.#max = max;
    this.#create = create;
    this.#values = create(0);
  }

  read(view: DataView, from: number, row: number): number {
    const max = this.#max;
    let value = 0;
    let at = from;
    let digits = view.getInt32(at, true) ^ ZEROS;
    let others = othersIn(digits);
    while (others === 0) {
      // Exact up to 2^53-1, and beyond it never rounded back below: `max` is compared with the true value.
      value = value * 10_000 + numberOf(digits);
      if (value > max) return BAD_VALUE;
      at += 4;
      digits = view.getInt32(at, true) ^ ZEROS;
      others = othersIn(digits);
    }
    const rest = firstMarked(others);
    if (rest > 0) value = value * (POWERS[rest] as number) + numberOf(digits << (32 - 8 * rest));
    at += rest;
    if (value > max || at === from) return this.#readMissing(view, from, row);
    this.#values[row] = value;
    return isBlank(view.getUint8(at)) ? at : BAD_VALUE;
  }

  #readMissing(view: DataView, from: number, row: number): number {
    this.#values[row] = MISSING_NUMBER;
    return view.getUint8(from) === MINUS && isBlank(view.getUint8(from + 1)) ? from + 1 : BAD_VALUE;
  }

  write(value: string | number, row: number): boolean {
    if (typeof value === 'number') {
      this.#values[row] = value;
      return Number.isInteger(value) && value >= 0 && value <= this.#max;
    }
    scratch.setText(value);
    return this.read(new DataView(scratch.bytes.buffer), 0, row) === scratch.length && value !== MISSING;
  }

  put(value: string | number, row: number): void {
    this.#values[row] = Number(value);
  }

  setMissing(row: number): void {
    this.#values[row] = MISSING_NUMBER;
  }

  valueAt(row: number): number | null {
    const value = this.#values[row] as number;
    return value === MISSING_NUMBER ? null : value;
  }

  grow(rows: number): void {
    const larger = this.#create(rows);
    larger.set(this.#values);
    this.#values = larger;
  }

  addTo(hashes: RowHashes): void {
    if (this.#values instanceof Int32Array) hashes.addInts(this.#values);
    else hashes.addLongs(this.#values);
  }

  current(): FlowColumn {
    return { holds: 'numbers', values: this.#values };
  }

  take(): FlowColumn {
    const column = this.current();
    this.#values = this.#create(0);
    return column;
  }
}

/** Texts that are read as values of lines are. */
const scratch = new LineBytes();

class CodeColumn implements ValueColumn {
  #codes = new Int32Array(0);
  readonly #dictionary: ReaderDictionary;

  constructor(dictionary: ReaderDictionary) {
    this.#dictionary = dictionary;
  }

  read(view: DataView, from: number, row: number): number {
    const code = this.#dictionary.read(view, from);
    this.#codes[row] = code;
    return code < 0 ? BAD_VALUE : this.#dictionary.end;
  }

  write(value: string | number, row: number): boolean {
    const code = this.#dictionary.codeOfSpelling(String(value));
    this.#codes[row] = code;
    return code >= 0;
  }

  put(value: string | number, row: number): void {
    this.#codes[row] = this.#dictionary.codeOf(String(value));
  }

  setMissing(row: number): void {
    this.#codes[row] = MISSING_CODE;
  }

  valueAt(row: number): string | null {
    const code = this.#codes[row] as number;
    return code === MISSING_CODE ? null : (this.#dictionary.texts[code] as string);
  }

  grow(rows: number): void {
    const larger = new Int32Array(rows);
    larger.set(this.#codes);
    this.#codes = larger;
  }

  addTo(hashes: RowHashes, field: string): void {
    if (fieldOf(field) !== undefined) hashes.addTexts(this.#codes, this.#dictionary.halves);
    else hashes.addPresentTexts(field, this.#codes, this.#dictionary.halves);
  }

  current(): FlowColumn {
    return { holds: 'codes', codes: this.#codes };
  }

  take(): FlowColumn {
    const column = this.current();
    this.#codes = new Int32Array(0);
    return column;
  }
}
