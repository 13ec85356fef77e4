/** From staged tables to the files of a batch: `flows/` and `coverage/`, by UTC day of `start`. */
import { join } from 'node:path';
import type { Direction } from '@flowfit/core/enrich/added';
import { DIRECTION_CODES } from '@flowfit/core/enrich/batch';
import { ROW_KINDS } from '@flowfit/core/flow/batch';
import type { RecordKind } from '@flowfit/core/flow/record';
import type { Batch } from '../commit.ts';
import type { Lake } from '../lake.ts';
import { dayFolder, END_OF_DAYS } from '../paths.ts';
import { COVERAGE_COLUMNS, SECONDS_PER_DAY } from '../relations.ts';
import { columnOf, OTHER_FIELDS, RECORD_HASH } from '../sql/columns.ts';
import { identifier, literal } from '../sql/text.ts';
import type { PlaceColumn } from '../tables/places.ts';
import { writeParquet } from '../write-parquet.ts';
import { GROUP_SETS, OTHER_MAPS, PLACES, textsOf } from './dictionary-tables.ts';
import { placeColumns } from './places.ts';
import { isNumber, type StagedTable } from './staged.ts';

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
  table: StagedTable,
  serial: number,
  places: readonly PlaceColumn[],
): Promise<Written> => {
  const counts = { stored: 0, coverage: 0 };
  const flowDays = await daysWith(lake, table, isKind('record'));
  for (const day of flowDays) {
    const target = join(lake.paths.flows, dayFolder(day), `${batch.id}-${serial}.parquet`);
    counts.stored += (await writeParquet(lake.db, batch, target, flowsOf(table, places, day), [batch.id])).rows;
  }
  for (const day of await daysWith(lake, table, `NOT ${isKind('record')}`)) {
    const target = join(lake.paths.coverage, dayFolder(day), `${batch.id}-${serial}.parquet`);
    counts.coverage += (await writeParquet(lake.db, batch, target, coverageOf(table, day), [batch.id])).rows;
  }
  return { days: flowDays, ...counts };
};

/** @param alias of the staged table, with a dot */
export const isKind = (kind: RecordKind, alias = ''): string => `${alias}kind = ${ROW_KINDS.indexOf(kind)}`;

const daysWith = async (lake: Lake, table: StagedTable, condition: string): Promise<(number | null)[]> => {
  const day = table.has('start')
    ? `CASE WHEN start BETWEEN 0 AND ${END_OF_DAYS - 1} THEN start // ${SECONDS_PER_DAY} END`
    : 'NULL::BIGINT';
  const rows = await lake.db.all<{ day: number | null }>(
    `SELECT DISTINCT ${day} AS day FROM ${table.name} WHERE ${condition} ORDER BY day`,
  );
  return rows.map((row) => row.day);
};

/** Bounds on `start` itself, so that DuckDB skips the blocks of other days. */
const ofDay = (table: StagedTable, day: number | null): string => {
  if (!table.has('start')) return 'TRUE';
  if (day === null) return `(record.start < 0 OR record.start >= ${END_OF_DAYS})`;
  return `record.start >= ${day * SECONDS_PER_DAY} AND record.start < ${(day + 1) * SECONDS_PER_DAY}`;
};

/** Query of staged records as `flows/` has them, without what was added. @param where over `record` */
export const decodedSql = (table: StagedTable, where: string): string => {
  const { columns, joins } = decoded(table);
  return `SELECT ${columns.join(', ')}, record.${RECORD_HASH}, record.rowid AS id FROM ${table.name} AS record ${joins.join(' ')} WHERE ${where}`;
};

/** The columns of the record with texts for codes, and the joins that they need after `FROM … AS record`. */
const decoded = (table: StagedTable): { readonly columns: string[]; readonly joins: string[] } => {
  const columns: string[] = [];
  const joins: string[] = [];
  for (const [index, field] of table.fields.entries()) {
    const column = columnOf(field);
    if (isNumber(field)) {
      columns.push(`nullif(record.${column}, -1) AS ${column}`);
      continue;
    }
    columns.push(`text_${index}.text AS ${column}`);
    joins.push(`JOIN ${textsOf(field)} AS text_${index} ON text_${index}.code = record.${column}`);
  }
  if (table.hasOtherFields) {
    columns.push(`others.fields AS ${OTHER_FIELDS}`);
    joins.push(`JOIN ${OTHER_MAPS} AS others ON others.code = record.${OTHER_FIELDS}`);
  }
  return { columns, joins };
};

const flowsOf = (table: StagedTable, places: readonly PlaceColumn[], day: number | null): string => {
  const { columns, joins } = decoded(table);
  const ends = (['source', 'destination'] as const).map((end) => placeOf(table, end, places));
  const all = [
    ...columns,
    `${directionText('record.direction')} AS direction`,
    'groups.ids AS security_group_ids',
    ...ends.flatMap((end) => end.columns),
    `record.${RECORD_HASH}`,
  ];
  return `SELECT ${all.join(', ')}
    FROM ${table.name} AS record ${[...joins, ...ends.flatMap((end) => end.joins)].join(' ')}
    JOIN ${GROUP_SETS} AS groups ON groups.code = record.group_set
    WHERE ${isKind('record', 'record.')} AND ${ofDay(table, day)}`;
};

/** As text, from its code. */
export const directionText = (column: string): string => {
  const words = Object.entries(DIRECTION_CODES) as [Direction, number][];
  return `CASE ${column} ${words.map(([word, code]) => `WHEN ${code} THEN ${literal(word)}`).join(' ')} END`;
};

/** The place of an end is that of the packet address, as `sourcesOf` and `destinationsOf` of core/enrich/ends choose it. */
const placeOf = (table: StagedTable, end: 'source' | 'destination', places: readonly PlaceColumn[]) => {
  const fields = end === 'source' ? ['pkt-srcaddr', 'srcaddr'] : ['pkt-dstaddr', 'dstaddr'];
  const present = fields.filter((field) => table.has(field));
  if (places.length === 0 || present.length === 0) return { columns: [], joins: [] };
  const place = present
    .map((field, index) => {
      const code = `text_${table.fields.indexOf(field)}`;
      return index < present.length - 1 ? `WHEN ${code}.code <> 0 THEN ${code}.place` : `ELSE ${code}.place`;
    })
    .join(' ');
  const chosen = place.startsWith('ELSE ') ? place.slice('ELSE '.length) : `CASE ${place} END`;
  return { columns: placeColumns(places, end), joins: [`JOIN ${PLACES} AS ${end} ON ${end}.code = ${chosen}`] };
};

const coverageOf = (table: StagedTable, day: number | null): string => {
  const { columns, joins } = decoded(table);
  const wanted = COVERAGE_COLUMNS.map(([name, type]) => {
    if (name === 'log_status') {
      return `CASE WHEN ${isKind('no-data', 'record.')} THEN 'NODATA' ELSE 'SKIPDATA' END AS log_status`;
    }
    if (name === RECORD_HASH) return `record.${RECORD_HASH}`;
    const index = table.fields.findIndex((field) => columnOf(field) === identifier(name));
    return index < 0 ? `NULL::${type} AS ${identifier(name)}` : (columns[index] as string);
  });
  return `SELECT ${wanted.join(', ')} FROM ${table.name} AS record ${joins.join(' ')}
    WHERE NOT ${isKind('record', 'record.')} AND ${ofDay(table, day)}`;
};
