/** Records of the lake, read back as columns: for what is to be found out of them anew. */
import { BIGINT, INTEGER, UBIGINT, UTINYINT } from '@duckdb/node-api';
import { BatchEnricher, type BatchSources } from '@flowfit/core/enrich/batch';
import type { FlowBatch } from '@flowfit/core/flow/batch';
import { BatchBuilders } from '@flowfit/core/flow/batch-builder';
import { toColumn } from '@flowfit/core/flow/columns';
import { createDictionaries } from '@flowfit/core/flow/dictionaries';
import { FIELDS } from '@flowfit/core/flow/fields';
import type { ValueColumn } from '@flowfit/core/flow/value-columns';
import type { Database } from '../database.ts';
import { streamChunks } from '../queries/run.ts';
import { ChunkAppender, copied, inHalves, whole } from '../sql/chunks.ts';
import { columnOf, OTHER_FIELDS, RECORD_HASH } from '../sql/columns.ts';
import { fileLiterals, identifier, literal } from '../sql/text.ts';
import { GROUP_SETS, loadGroupSets } from './dictionary-tables.ts';
import { directionText } from './write.ts';

export type Refound = 'enrichment' | 'hash';

/** Query of all rows of a file of `flows/`, with something found out anew. The temporary tables that it needs are made. */
export const refoundSql = async (
  db: Database,
  path: string,
  what: Refound,
  statesOf: BatchSources['statesOf'],
): Promise<string> => {
  await findOut(db, path, statesOf);
  const found =
    what === 'hash'
      ? `found.hash AS ${RECORD_HASH}`
      : `${directionText('found.direction')} AS direction, groups.ids AS security_group_ids`;
  return `SELECT record.* EXCLUDE (file_row_number) REPLACE (${found})
    FROM ${rowsOfFile(path)} AS record
    JOIN ${FOUND} AS found ON found.row = record.file_row_number
    JOIN ${GROUP_SETS} AS groups ON groups.code = found.group_set`;
};

const FOUND = 'found_of_stored';

const rowsOfFile = (path: string): string =>
  `read_parquet(${fileLiterals([path])}, hive_partitioning = false, file_row_number = true)`;

/** Makes the table `found_of_stored (row, direction, group_set, hash)`, and that of the sets of groups. */
const findOut = async (db: Database, path: string, statesOf: BatchSources['statesOf']): Promise<void> => {
  await db.run(
    `CREATE OR REPLACE TEMP TABLE ${FOUND} (row BIGINT, direction UTINYINT, group_set INTEGER, hash UBIGINT)`,
  );
  const appender = new ChunkAppender(await db.connection.createAppender(FOUND), [BIGINT, UTINYINT, INTEGER, UBIGINT]);
  const dictionaries = createDictionaries();
  const enricher = new BatchEnricher(dictionaries, {
    statesOf,
    locate: () => null,
  });
  const { fields, values: columns } = await storedFields(db, path);
  let appended = 0;
  const onBatch = (batch: FlowBatch): void => {
    const { directions, groupSets } = enricher.enrich(batch);
    const rows = new Float64Array(batch.length).map((_, index) => appended + index);
    appender.append(batch.length, [whole(rows), copied(directions), copied(groupSets), inHalves(batch.hashes)]);
    appended += batch.length;
  };
  const builder = new BatchBuilders({ dictionaries, onBatch }).of(fields);
  const targets = fields.map((field) => builder.column(field) as ValueColumn);
  const sql = `SELECT ${columns.join(', ')} FROM ${rowsOfFile(path)} ORDER BY file_row_number`;
  for await (const chunk of streamChunks({ db }, { sql, params: [] })) {
    const values = chunk.getColumns();
    for (let row = 0; row < chunk.rowCount; row++) {
      const at = builder.nextRow();
      for (const [place, target] of targets.entries()) {
        const value = values[place]?.[row] ?? null;
        if (value === null) target.setMissing(at);
        else target.put(typeof value === 'bigint' ? Number(value) : (value as string | number), at);
      }
      builder.add();
    }
  }
  builder.flush();
  appender.close();
  await loadGroupSets(db, enricher.groupSets);
};

/** The fields of the records of a file, and the SQL of their values. */
const storedFields = async (db: Database, path: string): Promise<{ fields: string[]; values: string[] }> => {
  const rows = await db.all<{ column_name: string }>(
    `DESCRIBE SELECT * FROM read_parquet(${fileLiterals([path])}, hive_partitioning = false)`,
  );
  const present = new Set(rows.map((row) => row.column_name));
  const fields: string[] = FIELDS.map(({ name }) => name).filter((name) => present.has(toColumn(name)));
  const values = fields.map(columnOf);
  if (!present.has(OTHER_FIELDS)) return { fields, values };
  const others = await db.all<{ name: string }>(
    `SELECT DISTINCT unnest(map_keys(${OTHER_FIELDS})) AS name FROM read_parquet(${fileLiterals([path])}, hive_partitioning = false) ORDER BY name`,
  );
  const names = others.map(({ name }) => name);
  return {
    fields: [...fields, ...names],
    values: [...values, ...names.map((name) => `${identifier(OTHER_FIELDS)}[${literal(name)}]`)],
  };
};
