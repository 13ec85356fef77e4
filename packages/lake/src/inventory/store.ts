/** Snapshots in the lake, and what follows from a new one. */

import { basename, join } from 'node:path';
import type { InventorySnapshot } from '@flowfit/core/inventory/model';
import { serializeSnapshot } from '@flowfit/core/inventory/snapshot';
import { createTimeline } from '@flowfit/core/inventory/timeline';
import { Batch } from '../commit.ts';
import { refreshRecords } from '../ingest/refresh.ts';
import type { Lake } from '../lake.ts';
import { daysIn } from '../relations.ts';
import { rollUp } from '../rollup/roll-up.ts';
import { filesIn } from '../state.ts';
import { loadSnapshots } from './timeline.ts';

export { loadSnapshots } from './timeline.ts';

/**
 * Adds a snapshot. Records whose interface it says something new of are enriched anew, and all roll-ups recomputed:
 * the same inputs give the same lake, in whatever order they came. Adding the same snapshot again changes nothing.
 */
export const addSnapshot = async (lake: Lake, snapshot: InventorySnapshot): Promise<void> => {
  await lake.write(async () => {
    await storeSnapshots(lake, [snapshot]);
    await rollUp(lake);
  });
};

/** As `addSnapshot`, for several, by a writer that rolls up itself. */
export const storeSnapshots = async (lake: Lake, snapshots: readonly InventorySnapshot[]): Promise<void> => {
  const known = loadSnapshots(lake);
  const added = snapshots.filter(
    (snapshot) => !known.some((other) => serializeSnapshot(other) === serializeSnapshot(snapshot)),
  );
  if (added.length === 0) return;
  const batch = await Batch.begin(lake);
  try {
    const taken = new Set(filesIn(lake, 'inventory').map(({ path }) => basename(path)));
    for (const snapshot of added) {
      const name = freeName(snapshot.capturedAt, taken);
      taken.add(name);
      await batch.stageText(join(lake.paths.inventory, name), serializeSnapshot(snapshot));
    }
    await refreshRecords(lake, batch, createTimeline(known), createTimeline([...known, ...added]));
    batch.markDirty(daysIn(lake, 'flows'));
    await batch.commit();
  } catch (error) {
    await batch.discard();
    throw error;
  }
};

/** Names sort by time of capture; of the same second, by the order in which they were added. */
const freeName = (capturedAt: string, taken: ReadonlySet<string>): string => {
  const stamp = capturedAt.replaceAll(/[-:]/g, '');
  for (let serial = 0; ; serial++) {
    const name = serial === 0 ? `${stamp}.json` : `${stamp}-${String(serial).padStart(3, '0')}.json`;
    if (!taken.has(name)) return name;
  }
};
