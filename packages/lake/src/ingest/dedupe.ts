/**
 * Exact repeats. AWS delivers at least once, and no two records of a log are equal byte for byte, so a repeat is a
 * second delivery: it is counted and dropped. Repeats are found by `record_hash` and confirmed by comparing the whole
 * records, within the batch and against the records that the lake has of the same time.
 */
import type { Lake } from '../lake.ts';
import { END_OF_DAYS } from '../paths.ts';
import { COVERAGE_COLUMNS, daysOf, filesOf, flowsRelation, relationOf } from '../relations.ts';
import { OTHER_FIELDS, RECORD_HASH } from '../sql/columns.ts';
import type { StagedTable } from './staged.ts';
import { decodedSql, isKind } from './write.ts';

/** Deletes repeats from a staged table; the dictionaries must be there. @returns how many, by number of the object */
export const dropRepeats = async (lake: Lake, table: StagedTable): Promise<Map<number, number>> => {
  const dropped = new Map<number, number>();
  await dropRows(lake, table, dropped, await repeatsWithin(lake, table));
  for (const repeats of await repeatsOfLake(lake, table)) await dropRows(lake, table, dropped, repeats);
  return dropped;
};

/** Query of the row ids of all repeats but the first; null when there are none. */
const repeatsWithin = async (lake: Lake, table: StagedTable): Promise<string | null> => {
  const repeated = `SELECT ${RECORD_HASH} FROM ${table.name} GROUP BY ${RECORD_HASH} HAVING count(*) > 1`;
  const { count } = await lake.db.one<{ count: number }>(`SELECT count(*) AS count FROM (${repeated})`);
  if (count === 0) return null;
  const same = ['kind', RECORD_HASH, ...table.recordColumns()].join(', ');
  return `SELECT id FROM (
    SELECT rowid AS id, row_number() OVER (PARTITION BY ${same} ORDER BY object) AS nth
    FROM ${table.name} WHERE ${RECORD_HASH} IN (${repeated})) WHERE nth > 1`;
};

/** Queries of the row ids of records that the lake has already. */
const repeatsOfLake = async (lake: Lake, table: StagedTable): Promise<string[]> => {
  const seconds = table.has('start') ? 'nullif(start, -1)' : 'NULL::BIGINT';
  const span = await lake.db.one<{ from: number | null; to: number | null; timeless: number }>(
    `SELECT min(${seconds}) AS from, max(${seconds}) AS to, count(*) FILTER (${seconds} IS NULL OR ${seconds} >= ${END_OF_DAYS}) AS timeless
     FROM ${table.name}`,
  );
  const timed = span.from === null || span.to === null ? null : daysOf(span.from, span.to + 1);
  const range = span.timeless > 0 ? { first: null, last: null } : timed;
  if (range === null) return [];
  const during = span.timeless > 0 ? 'TRUE' : `start BETWEEN ${span.from} AND ${span.to}`;
  const queries: string[] = [];
  const flows = await flowsRelation(lake, range);
  const known = await maybeRepeated(lake, table, flows, during);
  if (known !== null) {
    const same = table
      .recordColumns()
      .map((column) => `${comparable('new', column)} IS NOT DISTINCT FROM ${comparable('old', column)}`);
    queries.push(`SELECT new.id FROM (${decodedSql(table, `${isKind('record', 'record.')} AND record.${RECORD_HASH} IN (${known})`)}) AS new
      SEMI JOIN (SELECT * FROM ${flows} WHERE ${during}) AS old ON new.${RECORD_HASH} = old.${RECORD_HASH} AND ${same.join(' AND ')}`);
  }
  const coverage = relationOf(await filesOf(lake, 'coverage', range), COVERAGE_COLUMNS);
  if ((await maybeRepeated(lake, table, coverage, during)) !== null) {
    queries.push(`SELECT new.rowid AS id FROM ${table.name} AS new SEMI JOIN ${coverage} AS old
      ON NOT ${isKind('record', 'new.')} AND new.${RECORD_HASH} = old.${RECORD_HASH}`);
  }
  return queries;
};

/** Query of the hashes that occur in both; null when there are none, which nearly always ends the matter. */
const maybeRepeated = async (
  lake: Lake,
  table: StagedTable,
  relation: string,
  during: string,
): Promise<string | null> => {
  const both = `SELECT ${RECORD_HASH} FROM (SELECT ${RECORD_HASH} FROM ${relation} WHERE ${during}) AS old
     SEMI JOIN ${table.name} AS new ON new.${RECORD_HASH} = old.${RECORD_HASH}`;
  const { count } = await lake.db.one<{ count: number }>(`SELECT count(*) AS count FROM (${both})`);
  return count > 0 ? both : null;
};

const dropRows = async (
  lake: Lake,
  table: StagedTable,
  dropped: Map<number, number>,
  rows: string | null,
): Promise<void> => {
  if (rows === null) return;
  await lake.db.run(`CREATE OR REPLACE TEMP TABLE repeats AS ${rows}`);
  const counts = await lake.db.all<{ object: number; count: number }>(
    `SELECT object, count(*) AS count FROM ${table.name} WHERE rowid IN (SELECT id FROM repeats) GROUP BY object`,
  );
  for (const { object, count } of counts) dropped.set(object, (dropped.get(object) ?? 0) + count);
  await lake.db.run(`DELETE FROM ${table.name} WHERE rowid IN (SELECT id FROM repeats)`);
  await lake.db.run('DROP TABLE repeats');
};

/** A column of the record as something that can be compared. */
const comparable = (alias: string, column: string): string =>
  column === OTHER_FIELDS ? `CAST(${alias}.${column} AS VARCHAR)` : `${alias}.${column}`;
