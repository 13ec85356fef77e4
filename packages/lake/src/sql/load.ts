/** Tables from values of the program. */
import { DuckDBDataChunk, type DuckDBType, type DuckDBValue } from '@duckdb/node-api';
import type { Database } from '../database.ts';
import { identifier, literal } from './text.ts';

/** What DuckDB takes in one chunk. */
const CHUNK_ROWS = 2048;

/**
 * Makes a temporary table of small documents.
 *
 * @param columns name and SQL type (a list's in brackets: `['VARCHAR']`); the documents have properties of these names
 */
export const loadDocuments = async (
  db: Database,
  table: string,
  columns: Readonly<Record<string, string | readonly [string]>>,
  documents: readonly Readonly<Record<string, unknown>>[],
): Promise<void> => {
  const structure = JSON.stringify([columns]);
  await db.run(
    `CREATE OR REPLACE TEMP TABLE ${identifier(table)} AS
     SELECT unnest(from_json($1::JSON, ${literal(structure)}), recursive := true)`,
    [JSON.stringify(documents)],
  );
};

/** Appends rows, given as columns of equal length, to an existing temporary table. */
export const appendColumns = async (
  db: Database,
  table: string,
  types: readonly DuckDBType[],
  columns: readonly (readonly DuckDBValue[])[],
): Promise<void> => {
  const rows = columns[0]?.length ?? 0;
  const appender = await db.connection.createAppender(table);
  for (let from = 0; from < rows; from += CHUNK_ROWS) {
    const chunk = DuckDBDataChunk.create([...types]);
    chunk.setColumns(columns.map((column) => column.slice(from, from + CHUNK_ROWS)));
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
};
