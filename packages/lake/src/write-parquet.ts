/** Parquet files of the lake, written as part of a batch. */
import type { Batch } from './commit.ts';
import type { Database } from './database.ts';
import { rowsOfFiles } from './sql/parquet-rows.ts';
import { literal } from './sql/text.ts';

/**
 * Writes the rows of a query as the file that becomes `target` with the commit.
 *
 * @param batches whose records they are; for `flows/` and `coverage/`
 * @returns where the file is until then, and its rows as they can be read back
 */
export const writeParquet = async (
  db: Database,
  batch: Batch,
  target: string,
  sql: string,
  batches: readonly string[] = [],
): Promise<{ path: string; rows: number }> => {
  const path = batch.stage(target, batches);
  await db.run(`COPY (${sql}) TO ${literal(path)} (FORMAT parquet)`);
  const rows = (await rowsOfFiles(db, [path])).get(path) ?? 0;
  batch.count(target, rows);
  return { path, rows };
};
