/**
 * Parquet as AWS writes it: columns with underscores, typed, text columns with `-` or null for "missing".
 *
 * Files whose columns agree are read by one statement. It judges row by row, by the rules of text, whether the values
 * mean what they say without a closer look, and these rows are staged as they are. The others are handed to the core
 * as records of text.
 */
import { FlowfitError, messageOf } from '@flowfit/core/errors';
import { toFieldName } from '@flowfit/core/flow/columns';
import { type FieldDefinition, fieldOf, maximumOf } from '@flowfit/core/flow/fields';
import { duplicateOf, toLayout } from '@flowfit/core/flow/format';
import { decodeRecordObject } from '@flowfit/core/flow/json-record';
import type { ParsedLine } from '@flowfit/core/flow/record';
import type { Database } from '../database.ts';
import { streamQuery } from '../queries/run.ts';
import { columnOf, sqlType } from '../sql/columns.ts';
import { fileLiterals, identifier, literal, literals } from '../sql/text.ts';
import type { InputObject } from './discover.ts';
import { inHalves, type Refused } from './halves.ts';
import { otherFields } from './plain.ts';

export interface ParquetColumn {
  readonly name: string;
  /** DuckDB's. */
  readonly type: string;
  /** The field that it holds. */
  readonly field: string;
}

/** Files that one statement can read: their columns agree. */
export interface ParquetGroup<T extends InputObject> {
  readonly objects: readonly T[];
  readonly columns: readonly ParquetColumn[];
}

/** A row that only the core may judge, and what it says of it. */
export interface JudgedRow {
  readonly path: string;
  /** Counted from 1. */
  readonly number: number;
  readonly line: ParsedLine;
  readonly text: string;
}

/** @returns the files that can be read, and those that are damaged or hold something else, with the error to report */
export const groupParquet = async <T extends InputObject>(
  db: Database,
  objects: readonly T[],
): Promise<{ groups: ParquetGroup<T>[]; refused: Refused<T>[] }> => {
  const byPath = new Map(objects.map((object) => [object.path, object]));
  const bySchema = new Map<string, T[]>();
  const refused = await inHalves(objects, async (some) => {
    for (const { path, schema } of await schemasOf(db, some)) {
      const object = byPath.get(path);
      if (object !== undefined) bySchema.set(schema, [...(bySchema.get(schema) ?? []), object]);
    }
  });
  const groups: ParquetGroup<T>[] = [];
  for (const members of bySchema.values()) {
    try {
      const columns = await columnsOf(db, members.slice(0, 1));
      const errors = members.flatMap((object) => refusalOf(object, columns) ?? []);
      if (errors.length === 0) groups.push({ objects: members, columns });
      refused.push(...errors.map((error, index) => ({ object: members[index] as T, error })));
    } catch (error) {
      refused.push(...members.map((object) => ({ object, error })));
    }
  }
  return { groups, refused: refused.map(({ object, error }) => ({ object, error: toParquetError(object, error) })) };
};

/** What is reported of a file that DuckDB cannot read. */
export const toParquetError = (object: InputObject, error: unknown): FlowfitError =>
  error instanceof FlowfitError
    ? error
    : new FlowfitError(
        'parquet-damaged',
        `${object.source}: the Parquet file cannot be read (${messageOf(error).split('\n', 1)[0]}). Fetch it again.`,
        { cause: error },
      );

/** Query of rows as `StagingTable.insertRows` takes them. */
export const parquetRows = ({ objects, columns }: ParquetGroup<InputObject>, staged: readonly string[]): string => `
  SELECT hash(${FILE}) AS object, 0 AS length, ${isPlain(columns)} AS plain, NULL AS other_kind,
    ${recordColumns(columns, staged).join(', ')}
  FROM ${readFiles(objects)}`;

/**
 * The rows that are not plain, judged by the core, file after file.
 *
 * @param odd addresses that are none, or are not written as addresses are compared
 */
export const judgeOthers = async function* (
  db: Database,
  { objects, columns }: ParquetGroup<InputObject>,
  odd: readonly string[],
): AsyncGenerator<JudgedRow> {
  const isOdd = columns
    .filter(({ field }) => fieldOf(field)?.type === 'address')
    .map((column) => `coalesce(${textOf(column)} IN (SELECT unnest(${literals(odd)})), FALSE)`);
  const others = [`NOT ${isPlain(columns)}`, ...(odd.length === 0 ? [] : isOdd)].join(' OR ');
  const query = `
    SELECT ${FILE} AS path, file_row_number + 1 AS number, ${columns.map((column, index) => `${cleanText(column)} AS value_${index}`).join(', ')}
    FROM ${readFiles(objects, 'file_row_number = true')}
    WHERE ${others} ORDER BY ${FILE}, file_row_number`;
  for await (const row of streamQuery({ db }, query, [])) {
    const record = Object.fromEntries(columns.map(({ field }, index) => [field, row[`value_${index}`]]));
    yield {
      path: String(row['path']),
      number: Number(row['number']),
      line: decodeRecordObject(record),
      text: JSON.stringify(record),
    };
  }
};

/** The name of the column that tells the file: none that a file would have. */
const FILE = identifier('\x01file');

const readFiles = (objects: readonly InputObject[], ...options: string[]): string => {
  const more = [`filename = ${literal('\x01file')}`, 'hive_partitioning = false', ...options].join(', ');
  return `read_parquet(${fileLiterals(objects.map(({ path }) => path))}, ${more})`;
};

/** Each file with its columns as a text that is equal where they agree. */
const schemasOf = async (
  db: Database,
  objects: readonly InputObject[],
): Promise<{ readonly path: string; readonly schema: string }[]> =>
  await db.all(
    `SELECT file_name AS path, CAST(to_json(list([name, type, converted_type, logical_type, CAST(num_children AS VARCHAR)]
       ORDER BY column_id)) AS VARCHAR) AS schema
     FROM parquet_schema(${fileLiterals(objects.map(({ path }) => path))}) GROUP BY file_name`,
  );

const columnsOf = async (db: Database, objects: readonly InputObject[]): Promise<ParquetColumn[]> => {
  const rows = await db.all<{ column_name: string; column_type: string }>(
    `DESCRIBE SELECT * EXCLUDE (${FILE}) FROM ${readFiles(objects)}`,
  );
  return rows.map(({ column_name: name, column_type: type }) => ({ name, type, field: toFieldName(name) }));
};

/** Why a file with these columns gives no record. */
const refusalOf = ({ source }: InputObject, columns: readonly ParquetColumn[]): FlowfitError | null => {
  const fields = columns.map(({ field }) => field);
  if (toLayout(fields).kind === 'transit-gateway') {
    return new FlowfitError(
      'transit-gateway',
      `${source} is a transit gateway flow log: its records pass no security group and are set aside.`,
    );
  }
  if (!fields.some((name) => fieldOf(name) !== undefined)) {
    const some = columns.slice(0, 5).map(({ name }) => name);
    return new FlowfitError(
      'not-a-flow-log',
      `${source} is Parquet, but none of its columns (${some.join(', ')}) is a field of flow logs.`,
    );
  }
  const duplicate = duplicateOf(fields);
  if (duplicate === undefined) return null;
  return new FlowfitError('duplicate-field', `${source} has two columns for ${duplicate}. Name every field once.`);
};

/** Integers up to 64 bits. */
const isInteger = ({ type }: ParquetColumn): boolean => /^U?(?:TINY|SMALL|BIG)?INT(?:EGER)?$/.test(type);

const isNumber = ({ type }: FieldDefinition): boolean => type === 'int' || type === 'long' || type === 'seconds';

/** A value as text; missing is null, `-` and the empty text. */
const textOf = ({ name, type }: ParquetColumn): string => {
  const text = type === 'VARCHAR' ? identifier(name) : `CAST(${identifier(name)} AS VARCHAR)`;
  return `nullif(nullif(${text}, ''), '-')`;
};

/** The same without control characters. */
const cleanText = (column: ParquetColumn): string => `regexp_replace(${textOf(column)}, '[\\x00-\\x1f]', ' ', 'g')`;

/**
 * Condition for a row to mean what it says without a closer look. Addresses are not judged here: of the few that
 * differ, those are found later that are none.
 */
const isPlain = (columns: readonly ParquetColumn[]): string => {
  const texts: string[] = [];
  const tests = columns.flatMap((column): string[] => {
    const field = fieldOf(column.field);
    const text = textOf(column);
    if (field !== undefined && isNumber(field)) return [`coalesce(${isPlainNumber(column, maximumOf(field))}, TRUE)`];
    if (field?.values !== undefined) return [`coalesce(${text} IN (${field.values.map(literal).join(', ')}), TRUE)`];
    if (field?.type === 'address') return [];
    texts.push(text);
    return field?.type === 'encoded-text' ? [`NOT contains(coalesce(${text}, ''), '%')`] : [];
  });
  if (texts.length > 0) tests.push(`NOT regexp_matches(concat(${texts.join(', ')}), '[\\x00-\\x1f\uFFFD]')`);
  return tests.length === 0 ? 'TRUE' : `(${tests.join(' AND ')})`;
};

const isPlainNumber = (column: ParquetColumn, maximum: number): string => {
  if (isInteger(column)) return `${identifier(column.name)} BETWEEN 0 AND ${maximum}`;
  const text = textOf(column);
  return `regexp_full_match(${text}, '[0-9]{1,16}') AND TRY_CAST(${text} AS BIGINT) <= ${maximum}`;
};

/** The columns of the record as the staging table has them: the known fields, then the others in one map. */
const recordColumns = (columns: readonly ParquetColumn[], staged: readonly string[]): string[] => {
  const known = staged.flatMap((name) => {
    const column = columns.find(({ field }) => field === name);
    const field = fieldOf(name);
    return column === undefined || field === undefined ? [] : [`${numberOrText(column, field)} AS ${columnOf(name)}`];
  });
  const unknown = columns.filter(({ field }) => fieldOf(field) === undefined);
  return [...known, ...otherFields(unknown.map((column) => [column.field, textOf(column)]))];
};

const numberOrText = (column: ParquetColumn, field: FieldDefinition): string => {
  if (!isNumber(field)) return textOf(column);
  const value = isInteger(column) ? identifier(column.name) : textOf(column);
  return `TRY_CAST(${value} AS ${sqlType(field.type)})`;
};
