/**
 * Steps from an older lake to this version's. Run by the first writer, under the lock; each step leaves a lake that
 * the next run can go on from.
 */
import { Batch } from './commit.ts';
import { dirtyMarker } from './dirty.ts';
import { LAKE_SCHEMA, type LakeFiles, probeHash, readMeta, writeMeta } from './meta.ts';
import { rehash } from './rehash.ts';
import { daysIn } from './relations.ts';

/** What is derived from records and inventory comes out otherwise: the next roll-up computes it anew. */
const markAllDays = async (lake: LakeFiles): Promise<void> => {
  const batch = await Batch.begin(lake.paths, lake.now());
  for (const day of await daysIn(lake.paths, 'flows')) await batch.stageText(dirtyMarker(lake.paths, day), '');
  await batch.commit();
};

/** `MIGRATIONS[n]` takes a lake of schema n to n + 1. Schema 1 is the first. */
const MIGRATIONS: Readonly<Record<number, (lake: LakeFiles) => Promise<void>>> = {
  // 2: roll-ups tell the time before the first capture from that after it, and do not conclude from one direction.
  1: markAllDays,
};

/** Whether readers find what this version derives. */
export const isMigrated = async (lake: LakeFiles): Promise<boolean> => {
  const meta = await readMeta(lake.paths);
  return meta === null || meta.schema === LAKE_SCHEMA;
};

export const migrate = async (lake: LakeFiles): Promise<void> => {
  let meta = await readMeta(lake.paths);
  if (meta === null) return;
  while (meta.schema < LAKE_SCHEMA) {
    await MIGRATIONS[meta.schema]?.(lake);
    meta = { ...meta, schema: meta.schema + 1 };
    await writeMeta(lake.paths, meta);
  }
  const hashProbe = await probeHash(lake.db);
  if (meta.hashProbe === hashProbe) return;
  await rehash(lake);
  await writeMeta(lake.paths, { ...meta, hashProbe });
};
