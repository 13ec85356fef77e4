/**
 * Columns of few distinct texts, as ENUM. Written to Parquet they are what texts are, at a third less of the cost: their
 * dictionary is written as it is, where one of texts is found anew for each group of rows, by their hashes.
 */
import type { Database } from '../database.ts';
import { identifier, literals } from './text.ts';

/** The dictionary stands in each group of rows whole, so that it must be small beside these. */
const MOST_VALUES = 4096;

/** Makes ENUM of the columns of a temporary table that have few distinct texts. */
export const enumerateTexts = async (db: Database, table: string, columns: readonly string[]): Promise<void> => {
  const types: string[] = [];
  for (const column of columns) {
    const rows = await db.all<{ text: string }>(
      `SELECT DISTINCT ${column} AS text FROM ${table} WHERE ${column} IS NOT NULL LIMIT ${MOST_VALUES + 1}`,
    );
    if (rows.length === 0 || rows.length > MOST_VALUES) continue;
    const values = rows.map(({ text }) => text).sort();
    types.push(`CAST(${column} AS ENUM(${literals(values).slice(1, -1)})) AS ${identifier(column)}`);
  }
  if (types.length === 0) return;
  await db.run(`CREATE OR REPLACE TEMP TABLE ${table} AS SELECT * REPLACE (${types.join(', ')}) FROM ${table}`);
};
