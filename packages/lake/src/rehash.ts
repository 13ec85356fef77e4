/** Record hashes anew, after DuckDB changed its hash function: only equal hashes are ever compared. */
import { basename, dirname, join } from 'node:path';
import { toColumn, toFieldName } from '@flowfit/core/flow/columns';
import { Batch } from './commit.ts';
import { dirtyMarker } from './dirty.ts';
import { hashOf } from './ingest/staging.ts';
import type { LakeFiles } from './meta.ts';
import { ALL_DAYS, daysIn, filesOf } from './relations.ts';
import { FLOW_COLUMNS, OTHER_FIELDS, RECORD_HASH, STORED_ADDED_FIELDS } from './sql/columns.ts';
import { fileLiterals, identifier, literal } from './sql/text.ts';

export const rehash = async (lake: LakeFiles): Promise<void> => {
  const batch = await Batch.begin(lake.paths, lake.now());
  try {
    for (const path of await filesOf(lake.paths, 'flows', ALL_DAYS)) {
      const file = `read_parquet(${fileLiterals([path])}, hive_partitioning = false)`;
      const target = batch.stage(join(dirname(path), `${batch.id}-${basename(path)}`));
      await lake.db.run(
        `COPY (SELECT * REPLACE (${await hashOfFile(lake, file)} AS ${RECORD_HASH}) FROM ${file}) TO ${literal(target)} (FORMAT parquet)`,
      );
      batch.remove(path);
    }
    // Connections are known by hashes too: they are derived, and come out anew.
    for (const day of await daysIn(lake.paths, 'flows')) await batch.stageText(dirtyMarker(lake.paths, day), '');
    await batch.commit();
  } catch (error) {
    await batch.discard();
    throw error;
  }
};

const hashOfFile = async (lake: LakeFiles, file: string): Promise<string> => {
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
