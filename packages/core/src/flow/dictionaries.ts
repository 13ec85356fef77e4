/**
 * Dictionaries that readers fill: which text each spelling of a value stands for, found out once for each.
 *
 * A value is spelled in bytes. Addresses have many spellings and one text, tag values are decoded, and words of a closed
 * set are what they are or nothing.
 */
import { canonicalAddress } from '../net/address.ts';
import { type Dictionaries, type Dictionary, MISSING_CODE } from './batch.ts';
import { fieldOf } from './fields.ts';
import { hashOfText } from './row-hash.ts';
import { Spellings, UNKNOWN_SPELLING } from './spellings.ts';
import { decodeUtf8 } from './utf8.ts';
import { decodePercent, isDamaged, MISSING } from './value.ts';

/** In the place of a code: the spelling is none of a value of the field. */
const BAD_SPELLING = -1;

/** Dictionaries that readers fill. */
export interface ReaderDictionaries extends Dictionaries {
  readonly addresses: ReaderDictionary;
  of(field: string): ReaderDictionary;
  /** Number of texts in all of them. */
  readonly size: number;
}

export class ReaderDictionary implements Dictionary {
  readonly texts: string[] = [];
  readonly #codes = new Map<string, number>();
  readonly #spellings = new Spellings();
  readonly #textOf: (spelling: string) => string | null;
  #halves = new Int32Array(16);

  /** @param textOf the text that a spelling stands for; null = it is bad */
  constructor(textOf: (spelling: string) => string | null, first: readonly string[] = []) {
    this.#textOf = textOf;
    for (const text of ['', ...first]) this.codeOf(text);
  }

  /** Hashes of the texts, low half before high half, two for each code. */
  get halves(): Int32Array {
    return this.#halves;
  }

  /** Position behind the value that `read` read last. */
  get end(): number {
    return this.#spellings.end;
  }

  codeOf(text: string): number {
    const known = this.#codes.get(text);
    if (known !== undefined) return known;
    const code = this.texts.push(text) - 1;
    this.#codes.set(text, code);
    if (2 * code === this.#halves.length) this.#halves = doubled(this.#halves);
    [this.#halves[2 * code], this.#halves[2 * code + 1]] = hashOfText(text);
    return code;
  }

  /** The code of what a spelling stands for, or `BAD_SPELLING`. */
  codeOfSpelling(spelling: string): number {
    const text = this.#textOf(spelling);
    return text === null ? BAD_SPELLING : this.codeOf(text);
  }

  /** Reads the value of a line at `from`: its code, or `BAD_SPELLING`. */
  read(view: DataView, from: number): number {
    const code = this.#spellings.read(view, from);
    return code === UNKNOWN_SPELLING ? this.#learn(view, from) : code;
  }

  #learn(view: DataView, from: number): number {
    const spelling = decodeUtf8(view, from, this.#spellings.end);
    // The line ends where a value should begin.
    if (spelling === '') return BAD_SPELLING;
    const code = this.#codeOfNew(spelling);
    this.#spellings.add(view, from, code);
    return code;
  }

  #codeOfNew(spelling: string): number {
    if (spelling === MISSING) return MISSING_CODE;
    return isDamaged(spelling) ? BAD_SPELLING : this.codeOfSpelling(spelling);
  }
}

export const createDictionaries = (): ReaderDictionaries => {
  const addresses = new ReaderDictionary(canonicalAddress);
  const others = new Map<string, ReaderDictionary>();
  return {
    addresses,
    of: (name) => {
      const known = others.get(name);
      if (known !== undefined) return known;
      const created = fieldOf(name)?.type === 'address' ? addresses : dictionaryOf(name);
      others.set(name, created);
      return created;
    },
    get size() {
      return [addresses, ...others.values()].reduce((sum, { texts }) => sum + texts.length, 0);
    },
  };
};

const dictionaryOf = (name: string): ReaderDictionary => {
  const field = fieldOf(name);
  const words = field?.values;
  if (words !== undefined) return new ReaderDictionary((text) => (words.includes(text) ? text : null), words);
  return new ReaderDictionary(field?.type === 'encoded-text' ? decodePercent : (text) => text);
};

const doubled = (halves: Int32Array): Int32Array<ArrayBuffer> => {
  const larger = new Int32Array(2 * halves.length);
  larger.set(halves);
  return larger;
};
