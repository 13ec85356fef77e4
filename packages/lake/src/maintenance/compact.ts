/** Compact: many small files of a day into few. Content and numbers stay the same. */
import { join } from 'node:path';
import { push } from '@flowfit/core/multimap';
import { Batch } from '../commit.ts';
import type { Lake } from '../lake.ts';
import { ledgerText, readLedger } from '../ledger.ts';
import { bytesOf, type LakeFile } from '../manifest.ts';
import { dayFolder } from '../paths.ts';
import { daysIn, entriesOfDay } from '../relations.ts';
import { fileLiterals } from '../sql/text.ts';
import { filesIn } from '../state.ts';
import { writeParquet } from '../write-parquet.ts';

/** The document of `lake compact --json`. */
export interface CompactReport {
  readonly schema: 'flowfit.lake-compact/1';
  readonly files: { readonly before: number; readonly after: number };
  readonly bytes: { readonly before: number; readonly after: number };
  /** Of which files were put together. */
  readonly days: number;
}

/** A file of this size gains nothing by being put together with others. */
const LARGE_BYTES = 128 * 1024 * 1024;

export const compactLake = async (lake: Lake, signal?: AbortSignal): Promise<CompactReport> =>
  await lake.write(async () => {
    const before = sizeOf(lake);
    const days = new Set<number | null>();
    for (const folder of ['flows', 'coverage'] as const) {
      for (const day of daysIn(lake, folder)) {
        signal?.throwIfAborted();
        if (await compactDay(lake, folder, day)) days.add(day);
      }
    }
    await compactLedger(lake);
    const after = sizeOf(lake);
    return {
      schema: 'flowfit.lake-compact/1',
      files: { before: before.files, after: after.files },
      bytes: { before: before.bytes, after: after.bytes },
      days: days.size,
    };
  });

const sizeOf = ({ manifest: { files } }: Lake): { files: number; bytes: number } => ({
  files: files.length,
  bytes: bytesOf(files),
});

/** A day is one commit. @returns whether there was something to do */
const compactDay = async (lake: Lake, folder: 'flows' | 'coverage', day: number | null): Promise<boolean> => {
  const small = entriesOfDay(lake, folder, day).filter(({ bytes }) => bytes < LARGE_BYTES);
  if (small.length < 2) return false;
  await lake.checker.check(small);
  const groups = (await groupsOfOneLayout(lake, small)).flatMap(ofBoundedSize).filter(({ length }) => length > 1);
  if (groups.length === 0) return false;
  const batch = await Batch.begin(lake);
  try {
    for (const [serial, files] of groups.entries()) {
      const paths = files.map(({ path }) => join(lake.dir, path));
      const target = join(lake.paths[folder], dayFolder(day), `${batch.id}-c${serial}.parquet`);
      const batches = [...new Set(files.flatMap((file) => file.batches))].sort();
      const rows = `SELECT * FROM read_parquet(${fileLiterals(paths)}, hive_partitioning = false)`;
      await writeParquet(lake.db, batch, target, rows, batches);
      for (const path of paths) batch.remove(path);
    }
    await batch.commit();
    return true;
  } catch (error) {
    await batch.discard();
    throw error;
  }
};

/** Which columns a file has tells which fields its logs had: files that differ there stay apart. */
const groupsOfOneLayout = async (lake: Lake, files: readonly LakeFile[]): Promise<LakeFile[][]> => {
  const paths = files.map(({ path }) => join(lake.dir, path));
  const rows = await lake.db.all<{ file_name: string; layout: string }>(
    `SELECT file_name, string_agg(path_in_schema || ' ' || type, ',' ORDER BY column_id) AS layout
     FROM (SELECT DISTINCT file_name, column_id, path_in_schema, type FROM parquet_metadata(${fileLiterals(paths)})) GROUP BY file_name`,
  );
  const layouts = new Map(rows.map(({ file_name, layout }) => [file_name, layout]));
  const byLayout = new Map<string, LakeFile[]>();
  for (const file of files) push(byLayout, layouts.get(join(lake.dir, file.path)) ?? file.path, file);
  return [...byLayout.values()];
};

const ofBoundedSize = (files: readonly LakeFile[]): LakeFile[][] => {
  const groups: LakeFile[][] = [];
  let size = Number.POSITIVE_INFINITY;
  for (const file of files) {
    if (size + file.bytes > 2 * LARGE_BYTES) {
      groups.push([]);
      size = 0;
    }
    groups.at(-1)?.push(file);
    size += file.bytes;
  }
  return groups;
};

/** Entries keep the id of their batch, by which files know them. */
const compactLedger = async (lake: Lake): Promise<void> => {
  const files = filesIn(lake, 'sources');
  if (files.length < 2) return;
  const { entries, corrections } = readLedger(lake);
  const batch = await Batch.begin(lake);
  try {
    await batch.stageText(join(lake.paths.sources, `${batch.id}.ndjson`), ledgerText([...entries, ...corrections]));
    for (const { path } of files) batch.remove(join(lake.dir, path));
    await batch.commit();
  } catch (error) {
    await batch.discard();
    throw error;
  }
};
