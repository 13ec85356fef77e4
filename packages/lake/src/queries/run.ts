/** Runs a query on a connection of its own, which can be cancelled, and which does not wait for others. */
import type { DuckDBValue } from '@duckdb/node-api';
import { type Row, rowsOf, toPlainRow } from '../database.ts';
import type { Lake } from '../lake.ts';

export const runQuery = async <T = Row>(
  lake: Lake,
  sql: string,
  params: readonly DuckDBValue[],
  signal?: AbortSignal,
): Promise<T[]> => {
  signal?.throwIfAborted();
  const connection = await lake.db.connect();
  const cancel = () => connection.interrupt();
  signal?.addEventListener('abort', cancel, { once: true });
  try {
    return (await rowsOf(connection, sql, params)) as T[];
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener('abort', cancel);
    connection.closeSync();
  }
};

/** Rows as they come, a chunk in memory at a time. */
export const streamQuery = async function* (
  lake: Lake,
  sql: string,
  params: readonly DuckDBValue[],
  signal?: AbortSignal,
): AsyncGenerator<Row> {
  signal?.throwIfAborted();
  const connection = await lake.db.connect();
  const cancel = () => connection.interrupt();
  signal?.addEventListener('abort', cancel, { once: true });
  try {
    const result = await connection.stream(sql, [...params]);
    for await (const rows of result.yieldRowObjectJs()) {
      for (const row of rows) yield toPlainRow(row as Row);
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener('abort', cancel);
    connection.closeSync();
  }
};
