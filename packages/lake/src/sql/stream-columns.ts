/** The columns of a query's rows as they come, a chunk in memory at a time. */
import type { DuckDBValue } from '@duckdb/node-api';
import type { Database } from '../database.ts';

export interface ColumnChunk {
  /** One list of values for each column. */
  readonly values: readonly (readonly DuckDBValue[])[];
  readonly rows: number;
}

/** @throws what DuckDB says, also where a result breaks off */
export const streamColumns = async function* (db: Database, sql: string): AsyncGenerator<ColumnChunk> {
  const connection = await db.connect();
  try {
    await connection.run('BEGIN');
    const result = await connection.stream(sql);
    for (
      let chunk = await result.fetchChunk();
      chunk !== null && chunk.rowCount > 0;
      chunk = await result.fetchChunk()
    ) {
      yield { values: chunk.getColumns(), rows: chunk.rowCount };
    }
    // A result that breaks off ends like one that is complete; no statement runs in its transaction then.
    await connection.run('SELECT 1');
  } finally {
    connection.closeSync();
  }
};
