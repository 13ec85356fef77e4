/**
 * Parquet as AWS writes it: columns with underscores, typed, text columns with `-` or null for "missing". Its rows are
 * records of the same rules as any other.
 */
import { FlowfitError, messageOf } from '@flowfit/core/errors';
import type { FlowBatch } from '@flowfit/core/flow/batch';
import { toFieldName } from '@flowfit/core/flow/columns';
import { fieldOf } from '@flowfit/core/flow/fields';
import { duplicateOf, toLayout } from '@flowfit/core/flow/format';
import type { Database } from '../database.ts';
import { streamChunks } from '../queries/run.ts';
import { fileLiterals, identifier } from '../sql/text.ts';
import { isOutOfSpace } from './faults.ts';
import { openReader, type ReadOptions } from './read.ts';

interface ParquetColumn {
  readonly name: string;
  /** DuckDB's. */
  readonly type: string;
  /** The field that it holds. */
  readonly field: string;
}

/** @throws FlowfitError `parquet-damaged`, `transit-gateway`, `not-a-flow-log`, `duplicate-field`; a full disk's error */
export const readParquet = async function* (
  db: Database,
  { path, source }: { readonly path: string; readonly source: string },
  options: ReadOptions,
): AsyncGenerator<FlowBatch> {
  const { reader, take } = openReader(options);
  try {
    const columns = await columnsOf(db, path);
    refuse(source, columns);
    const fields = columns.map(({ field }) => field);
    const sql = `SELECT ${columns.map(valueSql).join(', ')} FROM ${readFile(path)}`;
    let read = 0;
    for await (const chunk of streamChunks({ db }, { sql, params: [] })) {
      reader.pushRows(fields, chunk.getColumns(), read + 1);
      read += chunk.rowCount;
      yield* take();
    }
    reader.end();
  } catch (error) {
    if (error instanceof FlowfitError || isOutOfSpace(error)) throw error;
    throw new FlowfitError(
      'parquet-damaged',
      `${source}: the Parquet file cannot be read (${messageOf(error).split('\n', 1)[0]}). Fetch it again.`,
      { cause: error },
    );
  }
  yield* take();
};

const readFile = (path: string): string => `read_parquet(${fileLiterals([path])}, hive_partitioning = false)`;

const columnsOf = async (db: Database, path: string): Promise<ParquetColumn[]> => {
  const rows = await db.all<{ column_name: string; column_type: string }>(`DESCRIBE SELECT * FROM ${readFile(path)}`);
  return rows.map(({ column_name: name, column_type: type }) => ({ name, type, field: toFieldName(name) }));
};

/** Numbers and texts are taken as they are, other types as DuckDB writes them. */
const valueSql = ({ name, type }: ParquetColumn): string =>
  type === 'VARCHAR' || /^U?(?:TINY|SMALL|BIG)?INT(?:EGER)?$/.test(type)
    ? identifier(name)
    : `CAST(${identifier(name)} AS VARCHAR)`;

/** Fails where a file with these columns gives no record. */
const refuse = (source: string, columns: readonly ParquetColumn[]): void => {
  const fields = columns.map(({ field }) => field);
  if (toLayout(fields).kind === 'transit-gateway') {
    throw new FlowfitError(
      'transit-gateway',
      `${source} is a transit gateway flow log: its records pass no security group and are set aside.`,
    );
  }
  if (!fields.some((name) => fieldOf(name) !== undefined)) {
    const some = columns.slice(0, 5).map(({ name }) => name);
    throw new FlowfitError(
      'not-a-flow-log',
      `${source} is Parquet, but none of its columns (${some.join(', ')}) is a field of flow logs.`,
    );
  }
  const duplicate = duplicateOf(fields);
  if (duplicate === undefined) return;
  throw new FlowfitError('duplicate-field', `${source} has two columns for ${duplicate}. Name every field once.`);
};
