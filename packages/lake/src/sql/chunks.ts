/**
 * Typed arrays in and out of DuckDB's vectors, a chunk of rows at a time. The client gives and takes single values; the
 * arrays behind them it keeps to itself, though all that is done here is done with them in its own code.
 */
import { type DuckDBAppender, DuckDBDataChunk, type DuckDBType } from '@duckdb/node-api';

/** What DuckDB takes in one chunk. */
export const CHUNK_ROWS = 2048;

type Items = Int32Array | Uint8Array | BigInt64Array | BigUint64Array | Float64Array;

interface Vector {
  readonly items: Items;
  flush(): void;
}

const vectorOf = (chunk: DuckDBDataChunk, column: number): Vector => chunk.getColumnVector(column) as unknown as Vector;

/** The array of a column of numbers; good while the chunk is. */
export const itemsOf = (chunk: DuckDBDataChunk, column: number): Items => vectorOf(chunk, column).items;

/** One column of rows `[from, to)` into the array of a vector that begins at 0. */
export type FillColumn = (items: Items, from: number, to: number) => void;

/** Appends rows whose columns are typed arrays. One chunk is used again and again. */
export class ChunkAppender {
  readonly #appender: DuckDBAppender;
  readonly #chunk: DuckDBDataChunk;

  constructor(appender: DuckDBAppender, types: readonly DuckDBType[]) {
    this.#appender = appender;
    this.#chunk = DuckDBDataChunk.create([...types]);
  }

  append(rows: number, columns: readonly FillColumn[]): void {
    for (let from = 0; from < rows; from += CHUNK_ROWS) {
      const to = Math.min(from + CHUNK_ROWS, rows);
      // Set anew, it would make all vectors anew.
      if (this.#chunk.rowCount !== to - from) this.#chunk.rowCount = to - from;
      for (const [index, fill] of columns.entries()) {
        const vector = vectorOf(this.#chunk, index);
        fill(vector.items, from, to);
        vector.flush();
      }
      this.#appender.appendDataChunk(this.#chunk);
    }
  }

  close(): void {
    this.#appender.closeSync();
  }
}

/** Values as they are, for a column of the same type. */
export const copied =
  (values: Int32Array | Uint8Array): FillColumn =>
  (items, from, to) =>
    (items as Int32Array).set(values.subarray(from, to) as Int32Array);

/** The same value in all rows. */
export const repeated =
  (value: number): FillColumn =>
  (items, from, to) =>
    (items as Int32Array).fill(value, 0, to - from);

/** Whole numbers from -1 to 2^53 - 1, for a BIGINT column: in two halves, since a BigInt for each would cost most of it. */
export const whole =
  (values: Float64Array): FillColumn =>
  (items, from, to) => {
    const halves = new Int32Array(items.buffer, items.byteOffset, 2 * (to - from));
    for (let row = from, at = 0; row < to; row++, at += 2) {
      const value = values[row] as number;
      halves[at] = value | 0;
      halves[at + 1] = value < 0 ? -1 : (value / 0x1_0000_0000) | 0;
    }
  };

/** Numbers of 64 bits, given as low half before high half. */
export const inHalves =
  (halves: Uint32Array): FillColumn =>
  (items, from, to) =>
    new Uint32Array(items.buffer, items.byteOffset, 2 * (to - from)).set(halves.subarray(2 * from, 2 * to));
