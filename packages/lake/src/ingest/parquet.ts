/**
 * Parquet as AWS writes it: columns with underscores, typed, text columns with `-` or null for "missing". Its rows are
 * written out as plain lines, so that they meet the same path, and the same judgement, as lines of text.
 */
import { join } from 'node:path';
import { FlowfitError, messageOf } from '@flowfit/core/errors';
import { toFieldName } from '@flowfit/core/flow/columns';
import { fieldOf } from '@flowfit/core/flow/fields';
import { toLayout } from '@flowfit/core/flow/format';
import type { Database } from '../database.ts';
import { fileLiterals, identifier, literal } from '../sql/text.ts';
import type { CarefulReader, PlainFile } from './careful.ts';
import type { InputObject } from './discover.ts';
import { plainLine } from './plain.ts';

/**
 * Writes the plain rows of a Parquet file, and hands the others to `careful`.
 *
 * @throws FlowfitError `parquet-damaged`, `not-a-flow-log`, `transit-gateway`
 */
export const readParquet = async (
  db: Database,
  object: InputObject,
  folder: string,
  careful: CarefulReader,
): Promise<PlainFile> => {
  const table = `read_parquet(${fileLiterals([object.path])}, file_row_number = true)`;
  const columns = await columnsOf(db, object, table);
  const fields = columns.map(toFieldName);
  const layout = toLayout(fields);
  if (layout.kind === 'transit-gateway') {
    throw new FlowfitError(
      'transit-gateway',
      `${object.source} is a transit gateway flow log: its records pass no security group and are set aside.`,
    );
  }
  if (!fields.some((name) => fieldOf(name) !== undefined)) {
    throw new FlowfitError(
      'not-a-flow-log',
      `${object.source} is Parquet, but none of its columns (${columns.slice(0, 5).join(', ')}) is a field of flow logs.`,
    );
  }
  const line = `concat_ws('\t', ${columns.map(toText).join(', ')})`;
  const plain = `regexp_full_match(line, ${literal(plainLine(fields, '\t'))})`;
  const path = join(folder, 'parquet.tsv');
  try {
    await db.run(
      `COPY (SELECT line FROM (SELECT ${line} AS line FROM ${table}) WHERE ${plain})
       TO ${literal(path)} (FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '\x01')`,
    );
    const rest = await db.all<{ line: string; number: number }>(
      `SELECT line, number FROM (SELECT ${line} AS line, file_row_number + 1 AS number FROM ${table}) WHERE NOT ${plain} ORDER BY number`,
    );
    for (const row of rest) careful.takeLine(row.line, row.number, layout);
  } catch (error) {
    throw damaged(object, error);
  }
  return { path, fields };
};

const columnsOf = async (db: Database, object: InputObject, table: string): Promise<string[]> => {
  try {
    const rows = await db.all<{ column_name: string }>(`DESCRIBE SELECT * EXCLUDE (file_row_number) FROM ${table}`);
    return rows.map((row) => row.column_name);
  } catch (error) {
    throw damaged(object, error);
  }
};

const damaged = (object: InputObject, error: unknown): FlowfitError =>
  new FlowfitError(
    'parquet-damaged',
    `${object.source}: the Parquet file cannot be read (${messageOf(error).split('\n', 1)[0]}). Fetch it again.`,
    { cause: error },
  );

/** A value as text without control characters; missing is `-`. */
const toText = (column: string): string =>
  `coalesce(nullif(regexp_replace(CAST(${identifier(column)} AS VARCHAR), '[\\x00-\\x1f]', ' ', 'g'), ''), '-')`;
