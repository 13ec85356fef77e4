/** Names and values of a document. Every field begins with a comma. */
import type { Point } from '../enrich/added.ts';
import { type AsciiWriter, type Piece, toAsciiJson, toPiece } from './ascii-writer.ts';

/** A field of any value that a document may have; nothing for one that is not known. */
export const writeField = (writer: AsciiWriter, name: Piece, value: unknown): void => {
  if (value === null || value === undefined) return;
  writer.piece(name);
  if (typeof value === 'string') writer.json(value);
  else if (typeof value === 'number') writer.number(value);
  else if (Array.isArray(value)) writeList(writer, value);
  else writePoint(writer, value as Point);
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

/** The time of the document; nothing for one that has none. */
export const writeTime = (writer: AsciiWriter, seconds: number | null): void => {
  if (seconds === null) return;
  writer.piece(timeOf(seconds));
};

const OPEN = toPiece('{');
const CLOSE = toPiece('}');
const BRACE = 123;

/** Makes an object of the fields that were written since the last `reset`; the number of its bytes. */
export const closeObject = (writer: AsciiWriter): number => {
  if (writer.length === 0) writer.piece(OPEN);
  writer.piece(CLOSE);
  // The first comma becomes the brace.
  writer.memory[0] = BRACE;
  return writer.length;
};

/** A cache of encoded pieces; emptied when full, so that hostile input cannot fill the memory. */
const memoize = <Key>(capacity: number, compute: (key: Key) => Piece) => {
  const known = new Map<Key, Piece>();
  return (key: Key): Piece => {
    const hit = known.get(key);
    if (hit !== undefined) return hit;
    if (known.size >= capacity) known.clear();
    const value = compute(key);
    known.set(key, value);
    return value;
  };
};

/** A field's name. Names repeat in every record. */
export const nameOf = memoize(1_000, (name: string) => toPiece(`,${toAsciiJson(name)}:`));

/** Neighbouring records mostly carry the same second; ISO 8601. */
const timeOf = memoize(1_000, (seconds: number) =>
  toPiece(`,"@timestamp":"${new Date(seconds * 1000).toISOString()}"`),
);
