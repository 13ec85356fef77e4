/** Runs a query on a connection of its own, which can be cancelled, and which does not wait for others. */
import type { DuckDBConnection, DuckDBDataChunk, DuckDBResult, DuckDBValue } from '@duckdb/node-api';
import { type Row, rowsOf, toPlainRow } from '../database.ts';
import type { LakeState } from '../state.ts';

export const runQuery = async <T = Row>(
  lake: Pick<LakeState, 'db'>,
  sql: string,
  params: readonly DuckDBValue[],
  signal?: AbortSignal,
): Promise<T[]> => {
  const { connection, close } = await connect(lake, signal);
  try {
    return (await rowsOf(connection, sql, params)) as T[];
  } catch (error) {
    signal?.throwIfAborted();
    throw lake.db.explain(error);
  } finally {
    close();
  }
};

/** Rows as they come, a chunk in memory at a time. */
export const streamQuery = async function* (
  lake: Pick<LakeState, 'db'>,
  sql: string,
  params: readonly DuckDBValue[],
  signal?: AbortSignal,
): AsyncGenerator<Row> {
  const chunks = streamed(lake, { sql, params, signal }, (result) => result.yieldRowObjectJs());
  for await (const rows of chunks) for (const row of rows) yield toPlainRow(row as Row);
};

interface Statement {
  readonly sql: string;
  readonly params: readonly DuckDBValue[];
  readonly signal?: AbortSignal | undefined;
  /** Run before on the same connection: for its temporary types. */
  readonly setup?: readonly string[];
}

/** DuckDB's own chunks, whose vectors are read without an object for each row. */
export const streamChunks = (lake: Pick<LakeState, 'db'>, statement: Statement): AsyncGenerator<DuckDBDataChunk> =>
  streamed(lake, statement, chunksOf);

const chunksOf = async function* (result: DuckDBResult): AsyncGenerator<DuckDBDataChunk> {
  for (let chunk = await result.fetchChunk(); chunk !== null && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
    yield chunk;
  }
};

const streamed = async function* <T>(
  lake: Pick<LakeState, 'db'>,
  { sql, params, signal, setup = [] }: Statement,
  read: (result: DuckDBResult) => AsyncIterable<T>,
): AsyncGenerator<T> {
  const { connection, close } = await connect(lake, signal);
  try {
    for (const statement of setup) await connection.run(statement);
    await connection.run('BEGIN');
    for await (const chunk of read(await connection.stream(sql, [...params]))) {
      // Between two chunks no statement runs that could be interrupted.
      signal?.throwIfAborted();
      yield chunk;
    }
    signal?.throwIfAborted();
    await checkEnd(connection, sql, params);
  } catch (error) {
    signal?.throwIfAborted();
    throw lake.db.explain(error);
  } finally {
    close();
  }
};

/**
 * A result that breaks off ends like one that is complete: DuckDB's Node API does not tell the two apart
 * (fetch_chunk gives null for both). The transaction does: no statement runs in one that has failed. What failed is
 * found by asking again, for a single value that needs all columns of all rows.
 */
const checkEnd = async (connection: DuckDBConnection, sql: string, params: readonly DuckDBValue[]): Promise<void> => {
  const failure = await connection.run('SELECT 1').then(
    () => null,
    (error: unknown) => error,
  );
  if (failure === null) return;
  await connection.run('ROLLBACK');
  await rowsOf(connection, `SELECT bit_xor(hash(line)) FROM (${sql}) AS line`, params);
  throw new Error('A query broke off before its last row.', { cause: failure });
};

/** An interrupt is lost on a statement that is still prepared or bound: it is said again until the statement has ended. */
const INTERRUPT_EVERY_MS = 20;

const connect = async (
  lake: Pick<LakeState, 'db'>,
  signal: AbortSignal | undefined,
): Promise<{ readonly connection: DuckDBConnection; readonly close: () => void }> => {
  signal?.throwIfAborted();
  const connection = await lake.db.connect();
  if (signal?.aborted) {
    connection.closeSync();
    throw signal.reason;
  }
  let again: NodeJS.Timeout | undefined;
  const cancel = (): void => {
    connection.interrupt();
    again = setInterval(() => connection.interrupt(), INTERRUPT_EVERY_MS);
  };
  signal?.addEventListener('abort', cancel, { once: true });
  const close = (): void => {
    clearInterval(again);
    signal?.removeEventListener('abort', cancel);
    connection.closeSync();
  };
  return { connection, close };
};
