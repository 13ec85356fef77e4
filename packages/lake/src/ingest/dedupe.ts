/**
 * Exact repeats. AWS delivers at least once, and no two records of a log are equal byte for byte, so a repeat is a
 * second delivery: it is counted and dropped. Repeats are found by `record_hash` and confirmed by comparing the whole
 * records, within the batch and against the records that the lake has of the same time.
 */
import type { Lake } from '../lake.ts';
import { END_OF_DAYS } from '../paths.ts';
import { COVERAGE_COLUMNS, daysOf, filesOf, flowsRelation, relationOf } from '../relations.ts';
import { OTHER_FIELDS, RECORD_HASH } from '../sql/columns.ts';
import type { StagingTable } from './staging.ts';

/** Deletes repeats from a staging table. @returns how many, by object */
export const dropRepeats = async (lake: Lake, table: StagingTable): Promise<Map<bigint | number, number>> => {
  const dropped = new Map<bigint | number, number>();
  await dropRows(lake, table, dropped, await repeatsWithin(lake, table));
  for (const repeats of await repeatsOfLake(lake, table)) await dropRows(lake, table, dropped, repeats);
  return dropped;
};

/** Query of the row ids of all repeats but the first; null when there are none. */
const repeatsWithin = async (lake: Lake, table: StagingTable): Promise<string | null> => {
  const repeated = `SELECT ${RECORD_HASH} FROM ${table.name} WHERE ${IS_RECORD} GROUP BY ${RECORD_HASH} HAVING count(*) > 1`;
  const { count } = await lake.db.one<{ count: number }>(`SELECT count(*) AS count FROM (${repeated})`);
  if (count === 0) return null;
  const same = ['kind', RECORD_HASH, ...comparable(table, '')].join(', ');
  return `SELECT id FROM (
    SELECT rowid AS id, row_number() OVER (PARTITION BY ${same} ORDER BY object) AS nth
    FROM ${table.name} WHERE ${IS_RECORD} AND ${RECORD_HASH} IN (${repeated})) WHERE nth > 1`;
};

/** Queries of the row ids of records that the lake has already. */
const repeatsOfLake = async (lake: Lake, table: StagingTable): Promise<string[]> => {
  const seconds = table.has('start') ? 'start' : 'NULL::BIGINT';
  const span = await lake.db.one<{ from: number | null; to: number | null; timeless: number }>(
    `SELECT min(${seconds}) AS from, max(${seconds}) AS to, count(*) FILTER (${seconds} IS NULL OR ${seconds} >= ${END_OF_DAYS}) AS timeless
     FROM ${table.name} WHERE ${IS_RECORD}`,
  );
  const timed = span.from === null || span.to === null ? null : daysOf(span.from, span.to + 1);
  const range = span.timeless > 0 ? { first: null, last: null } : timed;
  if (range === null) return [];
  const during = span.timeless > 0 ? 'TRUE' : `start BETWEEN ${span.from} AND ${span.to}`;
  const queries: string[] = [];
  const flows = await flowsRelation(lake, range);
  if (await mayRepeat(lake, table, flows, during)) {
    const same = comparable(table, 'new').map(
      (column, index) => `${column} IS NOT DISTINCT FROM ${comparable(table, 'old')[index]}`,
    );
    queries.push(`SELECT new.rowid AS id FROM ${table.name} AS new SEMI JOIN (SELECT * FROM ${flows} WHERE ${during}) AS old
      ON new.kind = 'record' AND new.${RECORD_HASH} = old.${RECORD_HASH} AND ${same.join(' AND ')}`);
  }
  const coverage = relationOf(await filesOf(lake, 'coverage', range), COVERAGE_COLUMNS);
  if (await mayRepeat(lake, table, coverage, during)) {
    queries.push(`SELECT new.rowid AS id FROM ${table.name} AS new SEMI JOIN ${coverage} AS old
      ON new.kind IN ('no-data', 'skip-data') AND new.${RECORD_HASH} = old.${RECORD_HASH}`);
  }
  return queries;
};

/** Whether any hash occurs in both: the cheap question, which nearly always ends the matter. */
const mayRepeat = async (lake: Lake, table: StagingTable, relation: string, during: string): Promise<boolean> => {
  const { count } = await lake.db.one<{ count: number }>(
    `SELECT count(*) AS count FROM (SELECT ${RECORD_HASH} FROM ${relation} WHERE ${during}) AS old
     SEMI JOIN ${table.name} AS new ON new.${RECORD_HASH} = old.${RECORD_HASH}`,
  );
  return count > 0;
};

const dropRows = async (
  lake: Lake,
  table: StagingTable,
  dropped: Map<bigint | number, number>,
  rows: string | null,
): Promise<void> => {
  if (rows === null) return;
  await lake.db.run(`CREATE OR REPLACE TEMP TABLE repeats AS ${rows}`);
  const counts = await lake.db.all<{ object: bigint | number; count: number }>(
    `SELECT object, count(*) AS count FROM ${table.name} WHERE rowid IN (SELECT id FROM repeats) GROUP BY object`,
  );
  for (const { object, count } of counts) dropped.set(object, (dropped.get(object) ?? 0) + count);
  await lake.db.run(`DELETE FROM ${table.name} WHERE rowid IN (SELECT id FROM repeats)`);
};

const IS_RECORD = `kind IN ('record', 'no-data', 'skip-data')`;

/** The record's columns as something that can be compared. */
const comparable = (table: StagingTable, alias: string): string[] =>
  table.recordColumns().map(([column]) => {
    const name = alias === '' ? column : `${alias}.${column}`;
    return column === OTHER_FIELDS ? `CAST(${name} AS VARCHAR)` : name;
  });
