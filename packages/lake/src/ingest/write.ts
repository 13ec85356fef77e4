/** From staging tables to the files of a batch: `flows/` and `coverage/`, by UTC day of `start`. */
import { join } from 'node:path';
import type { Batch } from '../commit.ts';
import type { Lake } from '../lake.ts';
import { dayFolder, END_OF_DAYS } from '../paths.ts';
import { COVERAGE_COLUMNS, SECONDS_PER_DAY } from '../relations.ts';
import { columnOf, RECORD_HASH } from '../sql/columns.ts';
import { identifier } from '../sql/text.ts';
import { writeParquet } from '../write-parquet.ts';
import { enrichmentSql, type RecordRelation } from './enrich-sql.ts';
import type { PlaceColumn } from './places.ts';
import type { StagingTable } from './staging.ts';

/** A staging table as enrichment sees it. */
export const recordRelation = (table: StagingTable): RecordRelation => ({
  sql: table.name,
  has: (name) => table.has(name),
});

export interface Written {
  /** That have new flows. */
  readonly days: readonly (number | null)[];
  readonly stored: number;
  readonly coverage: number;
}

/** Writes all records of a table. */
export const writeRecords = async (
  lake: Lake,
  batch: Batch,
  table: StagingTable,
  serial: number,
  places: readonly PlaceColumn[],
): Promise<Written> => {
  const counts = { stored: 0, coverage: 0 };
  const flowDays = await daysWith(lake, table, `kind = 'record'`);
  for (const day of flowDays) {
    const target = join(lake.paths.flows, dayFolder(day), `${batch.id}-${serial}.parquet`);
    counts.stored += (await writeParquet(lake.db, batch, target, flowsOf(table, places, day), [batch.id])).rows;
  }
  for (const day of await daysWith(lake, table, IS_COVERAGE)) {
    const target = join(lake.paths.coverage, dayFolder(day), `${batch.id}-${serial}.parquet`);
    counts.coverage += (await writeParquet(lake.db, batch, target, coverageOf(table, day), [batch.id])).rows;
  }
  return { days: flowDays, ...counts };
};

const IS_COVERAGE = `kind IN ('no-data', 'skip-data')`;

const daysWith = async (lake: Lake, table: StagingTable, condition: string): Promise<(number | null)[]> => {
  const day = table.has('start')
    ? `CASE WHEN start < ${END_OF_DAYS} THEN start // ${SECONDS_PER_DAY} END`
    : 'NULL::BIGINT';
  const rows = await lake.db.all<{ day: number | null }>(
    `SELECT DISTINCT ${day} AS day FROM ${table.name} WHERE ${condition} ORDER BY day`,
  );
  return rows.map((row) => row.day);
};

/** Bounds on `start` itself, so that DuckDB skips the blocks of other days. */
const ofDay = (table: StagingTable, alias: string, day: number | null): string => {
  if (!table.has('start')) return 'TRUE';
  if (day === null) return `(${alias}.start IS NULL OR ${alias}.start >= ${END_OF_DAYS})`;
  return `${alias}.start >= ${day * SECONDS_PER_DAY} AND ${alias}.start < ${(day + 1) * SECONDS_PER_DAY}`;
};

const flowsOf = (table: StagingTable, places: readonly PlaceColumn[], day: number | null): string => {
  const { columns, joins } = enrichmentSql(recordRelation(table), places);
  const record = table.recordColumns().map(([column]) => `record.${column}`);
  return `SELECT ${[...record, ...columns, `record.${RECORD_HASH}`].join(', ')}
    FROM ${table.name} AS record ${joins}
    WHERE record.kind = 'record' AND ${ofDay(table, 'record', day)}`;
};

const coverageOf = (table: StagingTable, day: number | null): string => {
  const columns = COVERAGE_COLUMNS.map(([name, type]) => {
    if (name === 'log_status') return `CASE kind WHEN 'no-data' THEN 'NODATA' ELSE 'SKIPDATA' END AS log_status`;
    if (name === RECORD_HASH || table.has(name.replaceAll('_', '-'))) return identifier(name);
    return `NULL::${type} AS ${identifier(name)}`;
  });
  return `SELECT ${columns.join(', ')} FROM ${table.name} WHERE ${IS_COVERAGE} AND ${ofDay(table, table.name, day)}`;
};

/** Query of the distinct addresses that may have a place. */
export const placedAddresses = (tables: readonly StagingTable[]): string => {
  const columns = tables.flatMap((table) =>
    ADDRESS_FIELDS.filter((name) => table.has(name)).map(
      (name) => `SELECT ${columnOf(name)} AS address FROM ${table.name} WHERE kind = 'record'`,
    ),
  );
  return columns.length === 0
    ? 'SELECT NULL::VARCHAR AS address WHERE FALSE'
    : `SELECT DISTINCT address FROM (${columns.join(' UNION ALL ')}) WHERE address IS NOT NULL`;
};

export const ADDRESS_FIELDS = ['srcaddr', 'dstaddr', 'pkt-srcaddr', 'pkt-dstaddr'] as const;
