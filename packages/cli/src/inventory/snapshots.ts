/** Captures as snapshots, with what was wrong with their files. */
import type { InventorySnapshot } from '@flowfit/core/inventory/model';
import type { InventoryProblem } from '@flowfit/core/inventory/problems';
import { type InventoryCounts, readInventory } from '@flowfit/core/inventory/read';
import { CliError } from '../errors.ts';
import { readCaptures } from './captures.ts';

export interface AddedCapture {
  readonly capturedAt: string;
  readonly counts: InventoryCounts;
}

export interface ReadSnapshots {
  readonly snapshots: readonly InventorySnapshot[];
  readonly captures: readonly AddedCapture[];
  /** A bad file never stops the others. */
  readonly problems: readonly InventoryProblem[];
}

/** @throws CliError where no file holds anything of an inventory; its remedy lists what is wrong */
export const readSnapshots = async (paths: readonly string[], at?: number): Promise<ReadSnapshots> => {
  const captures = await readCaptures(paths, at);
  const read = captures.map(({ files, capturedAt }) => readInventory(files, { capturedAt }));
  const useful = read.filter(({ snapshot }) => isUseful(snapshot));
  const problems = read.flatMap((one) => one.problems);
  if (useful.length === 0) {
    const lines = problems.slice(0, 10).map(({ source, code, message }) => `${source}: [${code}] ${message}`);
    throw new CliError('inventory-nothing', `${paths.join(', ')}: nothing of an inventory could be read.`, {
      remedy: [...lines, 'What to capture, and how: docs/how-to/get-logs-and-inventory.md.'].join('\n'),
    });
  }
  return {
    snapshots: useful.map(({ snapshot }) => snapshot),
    captures: useful.map(({ snapshot, counts }) => ({ capturedAt: snapshot.capturedAt, counts })),
    problems,
  };
};

const isUseful = (snapshot: InventorySnapshot): boolean =>
  Object.values(snapshot).some((list) => Array.isArray(list) && list.length > 0);
