/**
 * Steps from an older lake to this version's. Run by the first writer, under the lock; each step leaves a lake that
 * the next run can go on from.
 */
import { LAKE_SCHEMA, type LakeFiles, probeHash, readMeta, writeMeta } from './meta.ts';
import { rehash } from './rehash.ts';

/** `MIGRATIONS[n]` takes a lake of schema n to n + 1. Schema 1 is the first. */
const MIGRATIONS: Readonly<Record<number, (lake: LakeFiles) => Promise<void>>> = {};

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
