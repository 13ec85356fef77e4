/**
 * Staged tables: the records of one batch in DuckDB, as integers, one table for each set of known fields, whatever
 * their order and whichever others there are.
 *
 * A field has a column of its name: a number as it is, -1 for a missing one; or the code of a text in the dictionary of
 * the field (`./dictionary-tables.ts`), 0 for a missing one. Fields that no table knows share one column, the code of a
 * map of them.
 */
import { BIGINT, type DuckDBType, INTEGER, UBIGINT, UTINYINT } from '@duckdb/node-api';
import type { EnrichedBatch } from '@flowfit/core/enrich/batch';
import type { Dictionaries, FlowBatch, FlowColumn } from '@flowfit/core/flow/batch';
import { type FieldType, fieldOf } from '@flowfit/core/flow/fields';
import type { Database } from '../database.ts';
import { ChunkAppender, copied, type FillColumn, inHalves, repeated, whole } from '../sql/chunks.ts';
import { columnOf, OTHER_FIELDS, RECORD_HASH, sqlType } from '../sql/columns.ts';
import { identifier } from '../sql/text.ts';

/** The maps of fields that no table knows, by code. Code 0 is the empty map. */
export class OtherFields {
  /** JSON of `{ name: value }`. */
  readonly maps: string[] = ['{}'];
  readonly #codes = new Map<string, number>([['{}', 0]]);

  /** The code of each row of a batch. */
  codesOf(batch: FlowBatch, dictionaries: Dictionaries): Int32Array {
    const names = batch.fields.filter((name) => fieldOf(name) === undefined);
    const columns = names.map((name) => ({
      name,
      texts: dictionaries.of(name).texts,
      codes: codesOf(batch.columns[batch.fields.indexOf(name)] as FlowColumn),
    }));
    return Int32Array.from({ length: batch.length }, (_, row) => {
      const present = columns.flatMap(({ name, texts, codes }) => {
        const code = codes[row] as number;
        return code === 0 ? [] : [[name, texts[code]]];
      });
      return this.#codeOf(JSON.stringify(Object.fromEntries(present)));
    });
  }

  #codeOf(map: string): number {
    const known = this.#codes.get(map);
    if (known !== undefined) return known;
    this.#codes.set(map, this.maps.length);
    return this.maps.push(map) - 1;
  }
}

export class StagedTable {
  /** Quoted. */
  readonly name: string;
  /** The known ones in canonical order. */
  readonly fields: readonly string[];
  readonly hasOtherFields: boolean;
  readonly #db: Database;
  readonly #appender: ChunkAppender;

  private constructor(db: Database, name: string, { fields, hasOtherFields }: TableShape, appender: ChunkAppender) {
    this.name = identifier(name);
    this.fields = fields;
    this.hasOtherFields = hasOtherFields;
    this.#db = db;
    this.#appender = appender;
  }

  static async create(db: Database, serial: number, shape: TableShape): Promise<StagedTable> {
    const name = `staged_${serial}`;
    const columns: (readonly [name: string, type: string, appended: DuckDBType])[] = [
      ['object', 'INTEGER', INTEGER],
      ['kind', 'UTINYINT', UTINYINT],
      ...shape.fields.map((field) => [columnOf(field), ...storedAs(field)] as const),
      ...(shape.hasOtherFields ? [[OTHER_FIELDS, 'INTEGER', INTEGER] as const] : []),
      ['direction', 'UTINYINT', UTINYINT],
      ['group_set', 'INTEGER', INTEGER],
      [RECORD_HASH, 'UBIGINT', UBIGINT],
    ];
    await db.run(
      `CREATE OR REPLACE TEMP TABLE ${name} (${columns.map(([column, type]) => `${column} ${type}`).join(', ')})`,
    );
    const appender = new ChunkAppender(
      await db.connection.createAppender(name),
      columns.map(([, , type]) => type),
    );
    return new StagedTable(db, name, shape, appender);
  }

  has(field: string): boolean {
    return this.fields.includes(field);
  }

  /**
   * @param object number of the object that the records are of
   * @param others codes of the maps of other fields, where the table has them
   */
  append(object: number, batch: FlowBatch, enriched: EnrichedBatch, others: Int32Array | null): void {
    this.#appender.append(batch.length, [
      repeated(object),
      copied(batch.kinds),
      ...this.fields.map((field) => filled(batch.columns[batch.fields.indexOf(field)] as FlowColumn)),
      ...(others === null ? [] : [copied(others)]),
      copied(enriched.directions),
      copied(enriched.groupSets),
      inHalves(batch.hashes),
    ]);
  }

  /** All rows are in the table from then on, but for those of objects that failed. */
  async finish(failed: readonly number[]): Promise<void> {
    this.#appender.close();
    if (failed.length > 0) await this.#db.run(`DELETE FROM ${this.name} WHERE object IN (${failed.join(', ')})`);
  }

  async drop(): Promise<void> {
    await this.#db.run(`DROP TABLE IF EXISTS ${this.name}`);
  }

  /** The columns that hold the record. */
  recordColumns(): string[] {
    return [...this.fields.map(columnOf), ...(this.hasOtherFields ? [OTHER_FIELDS] : [])];
  }
}

/** What tells staged tables apart. */
export interface TableShape {
  readonly fields: readonly string[];
  readonly hasOtherFields: boolean;
}

export const shapeOf = ({ fields }: Pick<FlowBatch, 'fields'>): TableShape => {
  const known = fields.filter((name) => fieldOf(name) !== undefined);
  return { fields: known, hasOtherFields: known.length < fields.length };
};

/** Whether a field is stored as a number. */
export const isNumber = (field: string): boolean => {
  const type: FieldType | undefined = fieldOf(field)?.type;
  return type === 'int' || type === 'long' || type === 'seconds';
};

const storedAs = (field: string): [type: string, appended: DuckDBType] =>
  isNumber(field) && sqlType(fieldOf(field)?.type ?? 'text') === 'BIGINT' ? ['BIGINT', BIGINT] : ['INTEGER', INTEGER];

const filled = (column: FlowColumn): FillColumn => {
  if (column.holds === 'codes') return copied(column.codes);
  return column.values instanceof Int32Array ? copied(column.values) : whole(column.values);
};

const codesOf = (column: FlowColumn): Int32Array => {
  if (column.holds === 'codes') return column.codes;
  throw new Error('a field outside the field table holds numbers');
};
