/** Texts that leave DuckDB as codes, and the columns of a chunk as arrays. */
import type { DuckDBDataChunk } from '@duckdb/node-api';
import { itemsOf } from '../sql/chunks.ts';
import { literal } from '../sql/text.ts';
import type { LakeState } from '../state.ts';
import { runQuery } from './run.ts';

/** Texts of columns by name: the code of a text is its place, that of null -1. */
export interface Dictionaries<Name extends string> {
  readonly texts: Readonly<Record<Name, readonly string[]>>;
  /** Makes the types that `coded` casts to, on a connection of its own. */
  readonly setup: readonly string[];
  /** For a SELECT: the columns with these names, as their types. */
  coded(names: readonly Name[]): string;
}

/** @param columns SQL of a text by name; they must be few, since all of their values are held */
export const readDictionaries = async <Name extends string>(
  lake: LakeState,
  columns: Readonly<Record<Name, string>>,
  relation: string,
  signal?: AbortSignal,
): Promise<Dictionaries<Name>> => {
  const names = Object.keys(columns) as Name[];
  const lists = names.map(
    (name) => `list_sort(list(DISTINCT ${columns[name]}) FILTER ((${columns[name]}) IS NOT NULL)) AS ${name}`,
  );
  const [row] = await runQuery<Record<Name, readonly string[] | null>>(
    lake,
    `SELECT ${lists.join(', ')} FROM ${relation}`,
    [],
    signal,
  );
  const texts = Object.fromEntries(names.map((name) => [name, dictionaryOf(row?.[name] ?? [])])) as Record<
    Name,
    readonly string[]
  >;
  return {
    texts,
    setup: names.map((name) => `CREATE TEMP TYPE ${typeOf(name)} AS ENUM (${texts[name].map(literal).join(', ')})`),
    coded: (chosen) => chosen.map((name) => `CAST(${columns[name]} AS ${typeOf(name)}) AS ${name}`).join(', '),
  };
};

/** An enumeration must not be empty. */
const dictionaryOf = (texts: readonly string[]): readonly string[] => [...new Set(['', ...texts])];

/** The code of a column of `Dictionaries`. */
export const codeOf = (name: string): string => integerOf(`enum_code(${name})`);

/** An integer of 32 bits; -1 = null. */
export const integerOf = (expression: string): string => `coalesce(${expression}, -1)::INTEGER`;

/** Counts and times as the numbers that JavaScript has: exact below 2^53; -1 = null. */
export const numberOf = (expression: string): string => `coalesce(${expression}, -1)::DOUBLE`;

/** The types of a connection are its own: the names need not differ from those of others. */
const typeOf = (name: string): string => `${name}_text`;

/** The arrays of INTEGER columns; good while the chunk is. */
export const codesOf = (chunk: DuckDBDataChunk, from: number, count: number): Int32Array[] =>
  Array.from({ length: count }, (_, index) => itemsOf(chunk, from + index) as Int32Array);

/** The arrays of DOUBLE columns; good while the chunk is. */
export const numbersOf = (chunk: DuckDBDataChunk, from: number, count: number): Float64Array[] =>
  Array.from({ length: count }, (_, index) => itemsOf(chunk, from + index) as Float64Array);

/** Reads a VARCHAR column without nulls, by row. */
export const textsOf = (chunk: DuckDBDataChunk, column: number): ((row: number) => string) => {
  const vector = chunk.getColumnVector(column);
  return (row) => vector.getItem(row) as string;
};
