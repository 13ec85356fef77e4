/** The inventory of a lake over time. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FlowfitError } from '@flowfit/core/errors';
import type { InventorySnapshot } from '@flowfit/core/inventory/model';
import { parseSnapshot } from '@flowfit/core/inventory/snapshot';
import { createTimeline, type Timeline } from '@flowfit/core/inventory/timeline';
import { namesIn } from '../commit.ts';
import type { Lake } from '../lake.ts';
import type { LakePaths } from '../paths.ts';

/** All snapshots, oldest first. @throws FlowfitError `snapshot-newer`, `snapshot-invalid` */
export const loadSnapshots = async (paths: LakePaths): Promise<InventorySnapshot[]> => {
  const files = (await namesIn(paths.inventory)).filter((name) => name.endsWith('.json'));
  return await Promise.all(
    files.map(async (name) => {
      const path = join(paths.inventory, name);
      const parsed = parseSnapshot(await readFile(path, 'utf8'));
      if (!parsed.ok) throw new FlowfitError(parsed.error.code, `${path}: ${parsed.error.message}`);
      return parsed.snapshot;
    }),
  );
};

export const loadTimeline = async (lake: Lake): Promise<Timeline> => createTimeline(await loadSnapshots(lake.paths));
