/**
 * Rows between DuckDB and the program as typed arrays, one for each column: a shape says which columns there are, to
 * DuckDB and to the compiler.
 */
import { BIGINT, DOUBLE, type DuckDBResult, type DuckDBType, INTEGER, UBIGINT, UTINYINT } from '@duckdb/node-api';
import type { Database } from '../database.ts';
import { ChunkAppender, type FillColumn, itemsOf } from '../sql/chunks.ts';
import { identifier } from '../sql/text.ts';

/** Kinds of columns. None holds null: a missing value has a number of its own. */
const KINDS = {
  tiny: { sql: 'UTINYINT', type: UTINYINT, array: Uint8Array },
  int: { sql: 'INTEGER', type: INTEGER, array: Int32Array },
  /** Whole numbers below 2^53. */
  whole: { sql: 'DOUBLE', type: DOUBLE, array: Float64Array },
  /** Passed on, not looked at: 64 bits each. */
  long: { sql: 'BIGINT', type: BIGINT, array: BigInt64Array },
  /** Hashes. */
  hash: { sql: 'UBIGINT', type: UBIGINT, array: BigUint64Array },
} as const satisfies Record<string, { sql: string; type: DuckDBType; array: new (length: number) => AnyArray }>;

type AnyArray = Uint8Array | Int32Array | Float64Array | BigInt64Array | BigUint64Array;
type Kind = keyof typeof KINDS;

/** Kinds of columns by name. */
export type Shape = Readonly<Record<string, Kind>>;

/** The columns of a shape. Arrays may be longer than there are rows: what is behind means nothing. */
export type Columns<S extends Shape> = { readonly [Name in keyof S]: InstanceType<(typeof KINDS)[S[Name]]['array']> };

export interface Rows<S extends Shape> {
  readonly count: number;
  readonly columns: Columns<S>;
}

/** A table of a shape. */
export interface Table<S extends Shape> {
  readonly name: string;
  readonly shape: S;
}

/** Room for so many rows. */
export const makeColumns = <S extends Shape>(shape: S, capacity: number): Columns<S> =>
  Object.fromEntries(
    Object.entries(shape).map(([name, kind]) => [name, new KINDS[kind].array(capacity)]),
  ) as unknown as Columns<S>;

/**
 * The rows of a query as they come, a chunk at a time: the arrays are good until the next one is asked for.
 *
 * No other statement may run on the connection of the database meanwhile.
 *
 * @param sql query with columns of the names of the shape, none of them null
 */
export const streamRows = async function* <S extends Shape>(
  db: Database,
  shape: S,
  sql: string,
): AsyncGenerator<Rows<S>> {
  let isWhole = false;
  await db.run('BEGIN');
  try {
    yield* chunksOf(shape, await db.connection.stream(selectOf(shape, sql)));
    // A result that breaks off ends like one that is complete; no statement runs in its transaction then.
    await db.run('SELECT 1');
    isWhole = true;
  } catch (error) {
    throw db.explain(error);
  } finally {
    await db.run(isWhole ? 'COMMIT' : 'ROLLBACK');
  }
};

const selectOf = (shape: Shape, sql: string): string => {
  const columns = Object.entries(shape).map(
    ([name, kind]) => `CAST(${identifier(name)} AS ${KINDS[kind].sql}) AS ${identifier(name)}`,
  );
  return `SELECT ${columns.join(', ')} FROM (${sql})`;
};

const chunksOf = async function* <S extends Shape>(shape: S, result: DuckDBResult): AsyncGenerator<Rows<S>> {
  const names = Object.keys(shape);
  for await (const chunk of result) {
    const items = names.map((name, index) => [name, itemsOf(chunk, index)]);
    yield { count: chunk.rowCount, columns: Object.fromEntries(items) as Columns<S> };
  }
};

/** All rows of a query. Streamed: a whole result would stay in DuckDB's memory, where it is not spilled. @param sql as for `streamRows` */
export const readRows = async <S extends Shape>(db: Database, shape: S, sql: string): Promise<Rows<S>> => {
  let capacity = FIRST_CAPACITY;
  let columns = makeColumns(shape, capacity);
  let count = 0;
  for await (const chunk of streamRows(db, shape, sql)) {
    if (count + chunk.count > capacity) {
      capacity = Math.ceil(capacity * GROWTH);
      columns = grown(shape, columns, capacity);
    }
    for (const name in shape) set(columns[name], chunk.columns[name], count);
    count += chunk.count;
  }
  return { count, columns };
};

/** More than a chunk has. */
const FIRST_CAPACITY = 1 << 14;
const GROWTH = 1.6;

const grown = <S extends Shape>(shape: S, columns: Columns<S>, capacity: number): Columns<S> => {
  const larger = makeColumns(shape, capacity);
  for (const name in shape) set(larger[name], columns[name], 0);
  return larger;
};

const set = (target: AnyArray, source: AnyArray, offset: number): void =>
  (target as Int32Array).set(source as Int32Array, offset);

/** The rows in another order. @param order places of rows, each once */
export const reorder = <S extends Shape>(shape: S, { columns }: Rows<S>, order: Int32Array): Rows<S> => {
  const ordered: Record<string, AnyArray> = {};
  for (const [name, kind] of Object.entries(shape)) {
    const [from, to] = [columns[name] as Int32Array, new KINDS[kind].array(order.length) as Int32Array];
    for (let row = 0; row < order.length; row++) to[row] = from[order[row]!]!;
    ordered[name] = to;
  }
  return { count: order.length, columns: ordered as unknown as Columns<S> };
};

/** Makes a temporary table of rows. */
export const loadRows = async <S extends Shape>(
  db: Database,
  name: string,
  shape: S,
  { count, columns }: Rows<S>,
): Promise<Table<S>> => {
  const kinds = Object.entries(shape).map(([column, kind]) => ({ column, ...KINDS[kind] }));
  await db.run(
    `CREATE OR REPLACE TEMP TABLE ${name} (${kinds.map(({ column, sql }) => `${identifier(column)} ${sql}`).join(', ')})`,
  );
  const appender = new ChunkAppender(
    await db.connection.createAppender(name),
    kinds.map(({ type }) => type),
  );
  appender.append(
    count,
    kinds.map(({ column }) => filledFrom(columns[column] as AnyArray)),
  );
  appender.close();
  return { name, shape };
};

const filledFrom =
  (values: AnyArray): FillColumn =>
  (items, from, to) =>
    (items as Int32Array).set(values.subarray(from, to) as Int32Array);
