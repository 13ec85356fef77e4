/** Records as one Parquet file. A Parquet file ends with its index, so it is complete on disk before it is sent. */
import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { flowsSql } from '@flowfit/lake/queries/flows';
import { runQuery } from '@flowfit/lake/queries/run';
import type { Selection } from '@flowfit/lake/queries/window';
import { literal } from '@flowfit/lake/sql/text';
import type { LakeState } from '@flowfit/lake/state';

export const parquetBytes = async function* (lake: LakeState, selection: Selection): AsyncGenerator<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'flowfit-export-'));
  try {
    const path = join(folder, 'flows.parquet');
    const { sql, params } = await flowsSql(lake, selection);
    await runQuery(
      lake,
      `COPY (${sql}) TO ${literal(path)} (FORMAT parquet, COMPRESSION zstd)`,
      params,
      selection.signal,
    );
    yield* createReadStream(path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
