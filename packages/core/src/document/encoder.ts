/**
 * The document of an enriched flow, as OpenSearch stores it: AWS's hyphenated names, the added names and `@timestamp`.
 * What is not known is absent, never null or `-`: a mapping of numbers, addresses and points takes nothing else.
 */
import type { AddedValues, Point } from '../enrich/added.ts';
import type { EnrichedFlow } from '../enrich/enrich.ts';
import { eventTimeOf, type FlowRecord } from '../flow/record.ts';
import { AsciiWriter } from './ascii-writer.ts';

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
  const encode = (record: FlowRecord, added: object): number => {
    writer.reset();
    writeTime(writer, eventTimeOf(record));
    writeFields(writer, record);
    writeFields(writer, added);
    if (writer.length === 0) writer.bytes(OPEN);
    writer.bytes(CLOSE);
    // Every field begins with a comma; the first one becomes the brace.
    writer.memory[0] = OPEN[0] as number;
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

const toBytes = (ascii: string): Uint8Array => Uint8Array.from(ascii, (character) => character.charCodeAt(0));

const OPEN = toBytes('{');
const CLOSE = toBytes('}');
const TIMESTAMP = toBytes(',"@timestamp":"');
const QUOTE = toBytes('"');

const writeFields = (writer: AsciiWriter, fields: object): void => {
  for (const name in fields) {
    const value = (fields as Readonly<Record<string, unknown>>)[name];
    if (value === null || value === undefined) continue;
    writer.bytes(nameOf(name));
    if (typeof value === 'string') writer.json(value);
    else if (typeof value === 'number') writer.number(value);
    else if (Array.isArray(value)) writeList(writer, value);
    else writePoint(writer, value as Point);
  }
};

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
  writer.bytes(TIMESTAMP);
  writer.bytes(toIsoTime(seconds));
  writer.bytes(QUOTE);
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
const nameOf = memoize(1_000, (name: string) => {
  const writer = new AsciiWriter();
  writer.ascii(',');
  writer.json(name);
  writer.ascii(':');
  return writer.toBytes();
});

/** Neighbouring records mostly carry the same second; ISO 8601. */
const toIsoTime = memoize(1_000, (seconds: number) => toBytes(new Date(seconds * 1000).toISOString()));
