/**
 * The document of an enriched flow, as OpenSearch stores it: AWS's hyphenated names, the added names and `@timestamp`.
 * What is not known is absent, never null or `-`: a mapping of numbers, addresses and points takes nothing else.
 */
import type { AddedValues, Point } from '../enrich/added.ts';
import type { EnrichedFlow } from '../enrich/enrich.ts';
import { eventTimeOf, type FlowRecord } from '../flow/record.ts';
import { AsciiWriter, type Piece, toAsciiJson, toPiece } from './ascii-writer.ts';

export interface DocumentEncoder {
  /**
   * Writes one JSON object on one line, ASCII, without a line end, into the first bytes of `memory`, where it stands
   * until the next call. Returns the number of bytes.
   */
  encode(record: FlowRecord, added: AddedValues): number;
  /** The same of a flow that is in one piece. */
  encodeFlow(flow: EnrichedFlow): number;
  /** Replaced when it grows: ask for it after each call. */
  readonly memory: Uint8Array;
}

export const createDocumentEncoder = (): DocumentEncoder => {
  const writer = new AsciiWriter();
  const ownFields = new FieldWriter();
  const addedFields = new FieldWriter();
  const encode = (record: FlowRecord, added: object): number => {
    writer.reset();
    writeTime(writer, eventTimeOf(record));
    ownFields.write(writer, record);
    addedFields.write(writer, added);
    if (writer.length === 0) writer.piece(OPEN);
    writer.piece(CLOSE);
    // Every field begins with a comma; the first one becomes the brace.
    writer.memory[0] = BRACE;
    return writer.length;
  };
  return {
    encode,
    encodeFlow: (flow) => encode(flow as FlowRecord, {}),
    get memory() {
      return writer.memory;
    },
  };
};

const BRACE = 123;
const OPEN = toPiece('{');
const CLOSE = toPiece('}');
const TIMESTAMP = toPiece(',"@timestamp":"');
const QUOTE = toPiece('"');

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
      if (value === null || value === undefined) continue;
      writer.piece(encoded);
      if (typeof value === 'string') writer.json(value);
      else if (typeof value === 'number') writer.number(value);
      else if (Array.isArray(value)) writeList(writer, value);
      else writePoint(writer, value as Point);
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

const writeList = (writer: AsciiWriter, texts: readonly string[]): void => {
  for (let i = 0; i < texts.length; i++) {
    writer.ascii(i === 0 ? '[' : ',');
    writer.json(texts[i] as string);
  }
  writer.ascii(texts.length === 0 ? '[]' : ']');
};

const writePoint = (writer: AsciiWriter, { lat, lon }: Point): void => {
  writer.ascii('{"lat":');
  writer.number(lat);
  writer.ascii(',"lon":');
  writer.number(lon);
  writer.ascii('}');
};

const writeTime = (writer: AsciiWriter, seconds: number | null): void => {
  if (seconds === null) return;
  writer.piece(TIMESTAMP);
  writer.piece(toIsoTime(seconds));
  writer.piece(QUOTE);
};

/** A cache of encoded pieces; emptied when full, so that hostile input cannot fill the memory. */
const memoize = <Key, Value>(capacity: number, compute: (key: Key) => Value) => {
  const known = new Map<Key, Value>();
  return (key: Key): Value => {
    const hit = known.get(key);
    if (hit !== undefined) return hit;
    if (known.size >= capacity) known.clear();
    const value = compute(key);
    known.set(key, value);
    return value;
  };
};

/** Names repeat in every record. */
const nameOf = memoize(1_000, (name: string) => toPiece(`,${toAsciiJson(name)}:`));

/** Neighbouring records mostly carry the same second; ISO 8601. */
const toIsoTime = memoize(1_000, (seconds: number) => toPiece(new Date(seconds * 1000).toISOString()));
