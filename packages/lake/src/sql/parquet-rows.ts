/** How many rows Parquet files have, by their own account. */
import type { Database } from '../database.ts';
import { fileLiterals } from './text.ts';

/** By path. */
export const rowsOfFiles = async (db: Database, paths: readonly string[]): Promise<Map<string, number>> => {
  if (paths.length === 0) return new Map();
  const rows = await db.all<{ file_name: string; num_rows: number }>(
    `SELECT file_name, num_rows FROM parquet_file_metadata(${fileLiterals(paths)})`,
  );
  return new Map(rows.map(({ file_name, num_rows }) => [file_name, num_rows]));
};
