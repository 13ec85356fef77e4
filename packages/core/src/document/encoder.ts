/**
 * The document of an enriched flow, as OpenSearch stores it: AWS's hyphenated names, the added names and `@timestamp`.
 * What is not known is absent, never null or `-`: a mapping of numbers, addresses and points takes nothing else.
 */
import type { EnrichedFlow } from '../enrich/enrich.ts';
import { AsciiWriter, type Piece } from './ascii-writer.ts';
import { closeObject, nameOf, writeField, writeTime } from './values.ts';

export interface DocumentEncoder {
  /**
   * Writes one JSON object on one line, ASCII, without a line end, into the first bytes of `memory`, where it stands
   * until the next call. Returns the number of bytes.
   */
  encodeFlow(flow: EnrichedFlow): number;
  /** Replaced when it grows: ask for it after each call. */
  readonly memory: Uint8Array;
}

export const createDocumentEncoder = (): DocumentEncoder => {
  const writer = new AsciiWriter();
  const fields = new FieldWriter();
  return {
    encodeFlow: (flow) => {
      writer.reset();
      writeTime(writer, typeof flow.start === 'number' ? flow.start : null);
      fields.write(writer, flow);
      return closeObject(writer);
    },
    get memory() {
      return writer.memory;
    },
  };
};

/**
 * Fields of neighbouring records stand in the same order: the name that was in a place the last time is most likely
 * there again, and comparing it costs less than looking it up.
 */
class FieldWriter {
  readonly #names: string[] = [];
  readonly #encoded: Piece[] = [];

  write(writer: AsciiWriter, fields: object): void {
    let place = 0;
    for (const name in fields) {
      const value = (fields as Readonly<Record<string, unknown>>)[name];
      const encoded = this.#names[place] === name ? (this.#encoded[place] as Piece) : this.#learn(place, name);
      place++;
      writeField(writer, encoded, value);
    }
  }

  #learn(place: number, name: string): Piece {
    const encoded = nameOf(name);
    if (place < REMEMBERED_PLACES) {
      this.#names[place] = name;
      this.#encoded[place] = encoded;
    }
    return encoded;
  }
}

const REMEMBERED_PLACES = 200;
