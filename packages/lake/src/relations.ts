/** The lake's Parquet files as relations for FROM. */
import { join } from 'node:path';
import type { LakeFile } from './manifest.ts';
import { dayOfFolder, relativeTo } from './paths.ts';
import { FLOW_COLUMNS } from './sql/columns.ts';
import { fileLiterals, identifier } from './sql/text.ts';
import type { LakeState } from './state.ts';

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

/** The folders of day partitions. */
export const PARTITIONED_FOLDERS = ['flows', 'coverage', 'conversations', 'connections'] as const;

export type PartitionedFolder = (typeof PARTITIONED_FOLDERS)[number];

type Described = Pick<LakeState, 'manifest' | 'paths'>;

/** The days of a folder that have files, ascending; null (records without time) last. */
export const daysIn = (lake: Described, folder: PartitionedFolder): (number | null)[] =>
  ascending(entriesOf(lake, folder).map(({ path }) => dayOfPath(path)));

/** The days whose roll-up is older than their records, ascending; records without time last. */
export const dirtyDays = ({ manifest }: Pick<LakeState, 'manifest'>): (number | null)[] =>
  ascending(manifest.dirty.map(dayOfFolder));

/** Those of a range. */
export const dirtyWithin = (lake: Pick<LakeState, 'manifest'>, range: DayRange): (number | null)[] =>
  dirtyDays(lake).filter((day) => isWithin(range, day));

/**
 * The files of some days, sorted by path, checked. Records without time belong to an unbounded range only.
 *
 * @throws FlowfitError `lake-file-missing`, `lake-file-damaged`, `lake-unreadable`
 */
export const filesOf = async (lake: LakeState, folder: PartitionedFolder, range: DayRange): Promise<string[]> =>
  await checked(
    lake,
    entriesOf(lake, folder).filter(({ path }) => isWithin(range, dayOfPath(path))),
  );

/** The files of one day alone. @throws FlowfitError as `filesOf` */
export const filesOfDay = async (lake: LakeState, folder: PartitionedFolder, day: number | null): Promise<string[]> =>
  await checked(lake, entriesOfDay(lake, folder, day));

/** The files of records without time. @throws FlowfitError as `filesOf` */
export const filesWithoutDay = async (lake: LakeState, folder: PartitionedFolder): Promise<string[]> =>
  await filesOfDay(lake, folder, null);

/** What the manifest says of the files of one day. */
export const entriesOfDay = (lake: Described, folder: PartitionedFolder, day: number | null): LakeFile[] =>
  entriesOf(lake, folder).filter(({ path }) => dayOfPath(path) === day);

export const entriesOf = ({ manifest, paths }: Described, folder: PartitionedFolder): LakeFile[] => {
  const prefix = `${relativeTo(paths, paths[folder])}/`;
  return manifest.files.filter(({ path }) => path.startsWith(prefix));
};

const checked = async ({ paths, checker }: LakeState, files: readonly LakeFile[]): Promise<string[]> => {
  await checker.check(files);
  return files.map(({ path }) => join(paths.root, path));
};

const dayOfPath = (path: string): number | null => dayOfFolder(path.split('/')[1] ?? '');

const ascending = (days: readonly (number | null)[]): (number | null)[] =>
  [...new Set(days)].sort((a, b) => (a ?? Number.POSITIVE_INFINITY) - (b ?? Number.POSITIVE_INFINITY));

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
export const flowsRelation = async (lake: LakeState, range: DayRange): Promise<string> =>
  relationOf(await filesOf(lake, 'flows', range), FLOW_COLUMNS);

/** Columns of `coverage/`: who was observed, when, and whether AWS dropped records. */
export const COVERAGE_COLUMNS = [
  ['account_id', 'VARCHAR'],
  ['interface_id', 'VARCHAR'],
  ['start', 'BIGINT'],
  ['end', 'BIGINT'],
  ['log_status', 'VARCHAR'],
  ['record_hash', 'UBIGINT'],
] as const;
