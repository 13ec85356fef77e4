/** Record hashes anew, after a hash function changed: only equal hashes are ever compared. */
import { basename, dirname, join } from 'node:path';
import { Batch } from './commit.ts';
import { refoundSql } from './ingest/stored.ts';
import type { Lake } from './lake.ts';
import { daysIn, entriesOf } from './relations.ts';
import { writeParquet } from './write-parquet.ts';

export const rehash = async (lake: Lake, hashProbe: string): Promise<void> => {
  const batch = await Batch.begin(lake);
  try {
    const files = entriesOf(lake, 'flows');
    await lake.checker.check(files);
    for (const { path: relative, batches } of files) {
      const path = join(lake.dir, relative);
      const target = join(dirname(path), `${batch.id}-${basename(path)}`);
      await writeParquet(lake.db, batch, target, await refoundSql(lake.db, path, 'hash', () => []), batches);
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
