/** The lake's Parquet files as relations for FROM. */
import { join } from 'node:path';
import { namesIn } from './commit.ts';
import type { LakePaths } from './paths.ts';
import { dayFolder, dayOfFolder } from './paths.ts';
import { FLOW_COLUMNS } from './sql/columns.ts';
import { fileLiterals, identifier } from './sql/text.ts';

/** Whole UTC days since 1970-01-01, both inclusive; null = unbounded. */
export interface DayRange {
  readonly first: number | null;
  readonly last: number | null;
}

export const ALL_DAYS: DayRange = { first: null, last: null };

export const SECONDS_PER_DAY = 86_400;

/** The days that hold times from `from` (inclusive) to `to` (exclusive), Unix seconds. */
export const daysOf = (from: number | undefined, to: number | undefined): DayRange => ({
  first: from === undefined ? null : Math.floor(from / SECONDS_PER_DAY),
  last: to === undefined ? null : Math.floor((to - 1) / SECONDS_PER_DAY),
});

/** A folder of day partitions: `flows`, `coverage`, `conversations` or `connections`. */
export type PartitionedFolder = 'flows' | 'coverage' | 'conversations' | 'connections';

/** The days of a folder that have files, ascending; null (records without time) last. */
export const daysIn = async (paths: LakePaths, folder: PartitionedFolder): Promise<(number | null)[]> => {
  const names = (await namesIn(paths[folder])).filter((name) => name.startsWith('day='));
  const days = names.map(dayOfFolder);
  return days.sort((a, b) => (a ?? Number.POSITIVE_INFINITY) - (b ?? Number.POSITIVE_INFINITY));
};

/** The files of some days, sorted by path. Records without time belong to an unbounded range only. */
export const filesOf = async (paths: LakePaths, folder: PartitionedFolder, range: DayRange): Promise<string[]> => {
  const folders = (await namesIn(paths[folder])).filter(
    (name) => name.startsWith('day=') && isWithin(range, dayOfFolder(name)),
  );
  const files = await Promise.all(folders.map((name) => parquetFilesIn(join(paths[folder], name))));
  return files.flat();
};

/** The files of records without time. */
export const filesWithoutDay = async (paths: LakePaths, folder: PartitionedFolder): Promise<string[]> =>
  await parquetFilesIn(join(paths[folder], dayFolder(null)));

const parquetFilesIn = async (path: string): Promise<string[]> =>
  (await namesIn(path)).filter((file) => file.endsWith('.parquet')).map((file) => join(path, file));

const isWithin = ({ first, last }: DayRange, day: number | null): boolean => {
  if (day === null) return first === null && last === null;
  return (first === null || day >= first) && (last === null || day <= last);
};

/**
 * Files of one folder with all columns that the folder may have: those that a file lacks, since its log's layout
 * lacked the field, are null.
 */
export const relationOf = (
  files: readonly string[],
  columns: readonly (readonly [column: string, type: string])[],
): string => {
  const nothing = `SELECT ${columns.map(([name, type]) => `NULL::${type} AS ${identifier(name)}`).join(', ')} WHERE FALSE`;
  if (files.length === 0) return `(${nothing})`;
  return `(SELECT * FROM read_parquet(${fileLiterals(files)}, union_by_name = true, hive_partitioning = false) UNION ALL BY NAME ${nothing})`;
};

/** The records of some days. */
export const flowsRelation = async (paths: LakePaths, range: DayRange): Promise<string> =>
  relationOf(await filesOf(paths, 'flows', range), FLOW_COLUMNS);

/** Columns of `coverage/`: who was observed, when, and whether AWS dropped records. */
export const COVERAGE_COLUMNS = [
  ['account_id', 'VARCHAR'],
  ['interface_id', 'VARCHAR'],
  ['start', 'BIGINT'],
  ['end', 'BIGINT'],
  ['log_status', 'VARCHAR'],
  ['record_hash', 'UBIGINT'],
] as const;
