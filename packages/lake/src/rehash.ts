/** Record hashes anew, after DuckDB changed its hash function: only equal hashes are ever compared. */
import { basename, dirname, join } from 'node:path';
import { toColumn, toFieldName } from '@flowfit/core/flow/columns';
import { Batch } from './commit.ts';
import { hashOf } from './ingest/staging.ts';
import type { Lake } from './lake.ts';
import { daysIn, entriesOf } from './relations.ts';
import { FLOW_COLUMNS, OTHER_FIELDS, RECORD_HASH, STORED_ADDED_FIELDS } from './sql/columns.ts';
import { fileLiterals, identifier } from './sql/text.ts';
import type { LakeState } from './state.ts';
import { writeParquet } from './write-parquet.ts';

export const rehash = async (lake: Lake, hashProbe: string): Promise<void> => {
  const batch = await Batch.begin(lake);
  try {
    const files = entriesOf(lake, 'flows');
    await lake.checker.check(files);
    for (const { path: relative, batches } of files) {
      const path = join(lake.dir, relative);
      const file = `read_parquet(${fileLiterals([path])}, hive_partitioning = false)`;
      const target = join(dirname(path), `${batch.id}-${basename(path)}`);
      const sql = `SELECT * REPLACE (${await recordHashOf(lake, file)} AS ${RECORD_HASH}) FROM ${file}`;
      await writeParquet(lake.db, batch, target, sql, batches);
      batch.remove(path);
    }
    // Connections are known by hashes too: they are derived, and come out anew.
    batch.markDirty(daysIn(lake, 'flows'));
    batch.set({ hashProbe });
    await batch.commit();
  } catch (error) {
    await batch.discard();
    throw error;
  }
};

const recordHashOf = async (lake: LakeState, file: string): Promise<string> => {
  const rows = await lake.db.all<{ column_name: string }>(`DESCRIBE SELECT * FROM ${file}`);
  const added = new Set([RECORD_HASH, ...STORED_ADDED_FIELDS.map(({ name }) => toColumn(name))]);
  const columns = rows.map((row) => row.column_name).filter((column) => !added.has(column));
  const types = new Map(FLOW_COLUMNS.map(([column, type]) => [column, type]));
  return hashOf({
    fields: columns.map((column) => (column === OTHER_FIELDS ? column : toFieldName(column))),
    recordColumns: () =>
      columns.map((column) => [column === OTHER_FIELDS ? column : identifier(column), types.get(column) ?? 'VARCHAR']),
  });
};
