/** Pieces of a document by number, each written once and copied from then on. */
import { AsciiWriter } from './ascii-writer.ts';

export class PieceTable {
  readonly #pieces = new AsciiWriter();
  /** Where each piece ends; the first one begins at 0. */
  #ends = new Int32Array(256);
  #length = 0;

  /** Number of pieces: the next one has this number. */
  get length(): number {
    return this.#length;
  }

  /** Adds what `write` writes; it may be nothing. */
  add(write: (writer: AsciiWriter) => void): void {
    write(this.#pieces);
    if (this.#length === this.#ends.length) {
      const larger = new Int32Array(2 * this.#length);
      larger.set(this.#ends);
      this.#ends = larger;
    }
    this.#ends[this.#length++] = this.#pieces.length;
  }

  copy(piece: number, to: AsciiWriter): void {
    to.copy(this.#pieces, piece === 0 ? 0 : (this.#ends[piece - 1] as number), this.#ends[piece] as number);
  }
}
