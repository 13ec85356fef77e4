/**
 * Staging tables: the records of one batch in memory, one table for each set of known fields, whatever their order
 * and whichever others there are.
 * A row is a line; lines that are no record keep their length, so that the bytes read can be added up.
 */

import { fieldOf } from '@flowfit/core/flow/fields';
import { TRAFFIC_FIELDS } from '@flowfit/core/flow/status';
import type { Database } from '../database.ts';
import { columnOf, OTHER_FIELDS, RECORD_HASH, sqlType } from '../sql/columns.ts';
import { fileLiterals, identifier, literal } from '../sql/text.ts';
import { headerBeginning, plainColumns, plainLine, type Separator } from './plain.ts';
import type { LineEnd } from './sniff.ts';

/** Lines to read, all of one layout. */
export interface LineSource {
  readonly paths: readonly string[];
  readonly compression: 'gzip' | 'none';
  readonly fields: readonly string[];
  readonly separator: Separator;
  /** Of every line, the last one aside, which may have none. */
  readonly lineEnd: LineEnd;
}

/** What the lines of one object add up to. */
export interface ObjectTally {
  /** DuckDB's hash of the path. */
  readonly object: bigint | number;
  /** Of its lines, including a line end for each. */
  readonly bytes: number;
  /** Lines that only the core's parser may judge. */
  readonly irregular: number;
}

export class StagingTable {
  readonly name: string;
  /** The known ones in canonical order, and `other_fields` where there are others. */
  readonly fields: readonly string[];
  readonly #db: Database;

  private constructor(db: Database, name: string, fields: readonly string[]) {
    this.#db = db;
    this.name = name;
    this.fields = fields;
  }

  /** @param fields as `stagedFields` gives them */
  static async create(db: Database, serial: number, fields: readonly string[]): Promise<StagingTable> {
    const table = new StagingTable(db, identifier(`staged_${serial}`), fields);
    await db.run(
      `CREATE OR REPLACE TEMP TABLE ${table.name} (object UBIGINT, length UINTEGER, kind VARCHAR, ` +
        `${[...table.recordColumns().map(([column, type]) => `${column} ${type}`), `${RECORD_HASH} UBIGINT`].join(', ')})`,
    );
    return table;
  }

  /** The columns that hold the record, quoted, with their types. */
  recordColumns(): (readonly [column: string, type: string])[] {
    const known = this.fields.flatMap((name) => {
      const field = fieldOf(name);
      return field === undefined ? [] : [[columnOf(name), sqlType(field.type)] as const];
    });
    return known.length === this.fields.length ? known : [...known, [OTHER_FIELDS, 'MAP(VARCHAR, VARCHAR)']];
  }

  has(name: string): boolean {
    return this.fields.includes(name);
  }

  /**
   * Reads lines into the table.
   *
   * `kind` is `record`, `no-data` or `skip-data`; `header` for a line that repeats the layout, `blank` for an empty
   * one; null for a line that is not plain.
   */
  async insert(source: LineSource): Promise<void> {
    const columns = plainColumns(source.fields, this.fields, source.separator);
    await this.insertRows(`
      SELECT object, length, v IS NOT NULL AS plain, other_kind, ${columns.join(', ')}
      FROM (
        SELECT hash(filename) AS object, coalesce(strlen(line), 0) + ${source.lineEnd.length} AS length,
          CASE WHEN ${isPlain(source)}
            THEN string_split(line, ${literal(source.separator)}) END AS v,
          CASE WHEN line IS NULL THEN 'blank' WHEN line = ${literal(source.fields.join(' '))} THEN 'header' END AS other_kind
        FROM ${readLines(source)}
      )`);
  }

  /**
   * @param rows query of `object`, `length`, whether the row is `plain`, its `other_kind` where it is not, and the
   *   columns of the record
   */
  async insertRows(rows: string): Promise<void> {
    await this.#db.run(`
      INSERT INTO ${this.name}
      SELECT object, length, CASE WHEN plain THEN ${kindOf(this.fields)} ELSE other_kind END AS kind,
        * EXCLUDE (object, length, plain, other_kind), ${hashOf(this)} AS ${RECORD_HASH}
      FROM (${rows})`);
  }

  /** @param outOfRange condition that makes a row irregular although its line is plain */
  async tally(outOfRange: string): Promise<ObjectTally[]> {
    return await this.#db.all<ObjectTally>(`
      SELECT object, sum(length)::BIGINT AS bytes,
        (count(*) FILTER (kind IS NULL OR ${outOfRange}))::BIGINT AS irregular
      FROM ${this.name} GROUP BY object`);
  }

  /** Takes back all lines of some objects. */
  async forget(objects: readonly (bigint | number)[]): Promise<void> {
    if (objects.length > 0) await this.#db.run(`DELETE FROM ${this.name} WHERE object IN (${objects.join(', ')})`);
  }

  async drop(): Promise<void> {
    await this.#db.run(`DROP TABLE IF EXISTS ${this.name}`);
  }
}

const isPlain = ({ fields, separator }: LineSource): string => {
  const shape = `regexp_full_match(line, ${literal(plainLine(fields, separator))})`;
  const header = separator === ' ' ? headerBeginning(fields) : null;
  return header === null ? shape : `${shape} AND NOT regexp_full_match(line, ${literal(header)})`;
};

/**
 * One column, no quotes, no header: a line is what stands between line ends. Where another line end, or a carriage
 * return alone, is among them, DuckDB refuses.
 */
const readLines = ({ paths, compression, lineEnd }: LineSource): string =>
  `read_csv(${fileLiterals(paths)}, columns = {'line': 'VARCHAR'}, delim = '\x01', header = false, quote = '', ` +
  `escape = '', new_line = '${lineEnd === '\n' ? '\\n' : '\\r\\n'}', compression = '${compression}', filename = true, auto_detect = false)`;

/** As `resolveKind` of core/flow/status. */
const kindOf = (fields: readonly string[]): string => {
  const traffic = TRAFFIC_FIELDS.filter((name) => fields.includes(name));
  const inferred =
    traffic.length === 0
      ? `'record'`
      : `CASE WHEN ${traffic.map((name) => `${columnOf(name)} IS NULL`).join(' AND ')} THEN 'no-data' ELSE 'record' END`;
  if (!fields.includes('log-status')) return inferred;
  return `CASE ${columnOf('log-status')} WHEN 'OK' THEN 'record' WHEN 'NODATA' THEN 'no-data' WHEN 'SKIPDATA' THEN 'skip-data' ELSE ${inferred} END`;
};

/** Of the names and the values: equal records of equal fields, and no others, are meant to be equal. */
export const hashOf = (table: Pick<StagingTable, 'fields' | 'recordColumns'>): string => {
  const columns = table
    .recordColumns()
    .map(([column]) => (column === OTHER_FIELDS ? `CAST(${column} AS VARCHAR)` : column));
  return `hash(${[literal(table.fields.join(' ')), ...columns].join(', ')})`;
};
