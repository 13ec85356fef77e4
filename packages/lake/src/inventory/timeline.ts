/** The inventory of a lake over time. */
import { join } from 'node:path';
import { FlowfitError } from '@flowfit/core/errors';
import type { InventorySnapshot } from '@flowfit/core/inventory/model';
import { parseSnapshot } from '@flowfit/core/inventory/snapshot';
import { createTimeline, type Timeline } from '@flowfit/core/inventory/timeline';
import { filesIn, type LakeState, textOf } from '../state.ts';

/**
 * All snapshots, oldest first.
 *
 * @throws FlowfitError `snapshot-newer`, `snapshot-invalid`, `lake-file-missing`, `lake-file-damaged`, `lake-unreadable`
 */
export const loadSnapshots = (lake: LakeState): InventorySnapshot[] =>
  filesIn(lake, 'inventory').map((file) => {
    const parsed = parseSnapshot(textOf(lake, file));
    if (!parsed.ok) throw new FlowfitError(parsed.error.code, `${join(lake.dir, file.path)}: ${parsed.error.message}`);
    return parsed.snapshot;
  });

export const loadTimeline = (lake: LakeState): Timeline => createTimeline(loadSnapshots(lake));
