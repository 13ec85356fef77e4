/**
 * Parquet as AWS writes it: columns with underscores, typed, text columns with `-` or null for "missing". Its rows are
 * written out as plain lines, so that they meet the same path, and the same judgement, as lines of text.
 */
import { join } from 'node:path';
import { FlowfitError, messageOf } from '@flowfit/core/errors';
import { toFieldName } from '@flowfit/core/flow/columns';
import { fieldOf, maximumOf } from '@flowfit/core/flow/fields';
import { duplicateOf, toLayout } from '@flowfit/core/flow/format';
import { decodeRecordObject } from '@flowfit/core/flow/json-record';
import { canonicalAddress } from '@flowfit/core/net/address';
import type { Database } from '../database.ts';
import { fileLiterals, identifier, literal, literals } from '../sql/text.ts';
import type { CarefulReader, PlainFile } from './careful.ts';
import type { InputObject } from './discover.ts';
import { CANONICAL_IPV4, missingMark, plainLine } from './plain.ts';

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
  const table = `read_parquet(${fileLiterals([object.path])}, file_row_number = true, hive_partitioning = false)`;
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
  const duplicate = duplicateOf(fields);
  if (duplicate !== undefined) {
    throw new FlowfitError(
      'duplicate-field',
      `${object.source} has two columns for ${duplicate}. Name every field once.`,
    );
  }
  const path = join(folder, 'parquet.tsv');
  try {
    const odd = await oddAddresses(db, table, columns);
    const rows = `(SELECT number, line, ${isPlain(columns, fields, odd)} AS plain FROM (
      SELECT *, file_row_number + 1 AS number, concat_ws('\t', ${columns.map(toText).join(', ')}) AS line FROM ${table}))`;
    await db.run(
      `COPY (SELECT line FROM ${rows} WHERE plain)
       TO ${literal(path)} (FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '\x01')`,
    );
    await takeOthers(db, `SELECT number, line FROM ${rows} WHERE NOT plain ORDER BY number`, fields, careful);
  } catch (error) {
    throw damaged(object, error);
  }
  return { path, fields };
};

/** Addresses that are none, or are not written as addresses are compared. */
const oddAddresses = async (db: Database, table: string, columns: readonly string[]): Promise<string[]> => {
  const addresses = columns.filter((column) => fieldOf(toFieldName(column))?.type === 'address').map(identifier);
  if (addresses.length === 0) return [];
  const all = addresses
    .map((column) => `SELECT CAST(${column} AS VARCHAR) AS address FROM ${table}`)
    .join(' UNION ALL ');
  const rows = await db.all<{ address: string }>(
    `SELECT DISTINCT address FROM (${all}) WHERE NOT regexp_full_match(address, '${CANONICAL_IPV4}')`,
  );
  return rows.map(({ address }) => address).filter((address) => canonicalAddress(address) !== address);
};

/** Condition for a row to mean what its line says without a closer look. */
const isPlain = (columns: readonly string[], fields: readonly string[], odd: readonly string[]): string => {
  const tests = columns.flatMap((column, index) => {
    const field = fieldOf(fields[index] ?? '');
    const text = `CAST(${identifier(column)} AS VARCHAR)`;
    switch (field?.type) {
      case 'address':
        return odd.length === 0 ? [] : [`coalesce(${text}, '-') NOT IN (SELECT unnest(${literals([...odd])}))`];
      case 'int':
      case 'long':
      case 'seconds':
        return [`coalesce(TRY_CAST(${text} AS BIGINT) <= ${maximumOf(field)}, TRUE)`];
      case 'encoded-text':
        return [`NOT contains(coalesce(${text}, ''), '%')`];
      default:
        return [];
    }
  });
  const shape = `regexp_full_match(line, ${literal(plainLine(fields, '\t'))})`;
  return [shape, `NOT contains(line, '\uFFFD')`, ...tests].join(' AND ');
};

/** Hands rows to the core, a chunk at a time. */
const takeOthers = async (
  db: Database,
  query: string,
  fields: readonly string[],
  careful: CarefulReader,
): Promise<void> => {
  const mark = missingMark('\t');
  for await (const rows of (await db.connection.stream(query)).yieldRowsJs()) {
    for (const [number, line] of rows) {
      const values = String(line).split('\t');
      const record = Object.fromEntries(
        fields.map((name, index) => [name, values[index] === mark ? null : values[index]]),
      );
      careful.take(decodeRecordObject(record), Number(number), JSON.stringify(record));
    }
  }
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

/** A value as text without control characters; missing is null, `-` and the empty text. */
const toText = (column: string): string =>
  `coalesce(nullif(nullif(regexp_replace(CAST(${identifier(column)} AS VARCHAR), '[\\x00-\\x1f]', ' ', 'g'), ''), '-'), ${literal(missingMark('\t'))})`;
