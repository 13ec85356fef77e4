/**
 * The inventory function: captures the account's state and stores it where it differs from the newest snapshot.
 *
 * Changes come in bursts, and the queue hands them over in batches: one capture answers them all, and a batch whose
 * every change is older than the newest snapshot needs none.
 */
import type { InventoryCapture } from '@flowfit/aws/ec2/capture';
import type { StoredSnapshot } from '@flowfit/aws/s3/snapshots';
import type { InventorySnapshot } from '@flowfit/core/inventory/model';
import { serializeSnapshot } from '@flowfit/core/inventory/snapshot';
import type { Count, Log } from '../telemetry.ts';
import { newestChangeOf } from './event.ts';

export interface RecorderEffects {
  readonly readNewest: () => Promise<StoredSnapshot | 'unchanged' | null>;
  readonly capture: (capturedAt: string) => Promise<Pick<InventoryCapture, 'snapshot' | 'problems' | 'failures'>>;
  /** Returns the key of the stored snapshot. */
  readonly write: (snapshot: InventorySnapshot) => Promise<string>;
  /** Milliseconds. */
  readonly now: () => number;
  readonly log: Log;
  readonly count: Count;
}

export interface RecorderResult {
  readonly outcome: 'stored' | 'unchanged' | 'newer-than-changes';
  readonly key?: string;
  readonly interfaces?: number;
}

/** Makes the handler. A capture that fails fails the invocation: schedule and queue try again. */
export function createRecorder(effects: RecorderEffects): (event: unknown) => Promise<RecorderResult> {
  const { readNewest, capture, write, now, log, count } = effects;
  return async (event) => {
    const stored = await readNewest();
    const newest = stored !== null && stored !== 'unchanged' ? stored.snapshot : null;
    const change = newestChangeOf(event);
    if (newest && change !== null && Date.parse(newest.capturedAt) > change) return { outcome: 'newer-than-changes' };

    const { snapshot, problems, failures } = await capture(new Date(now()).toISOString());
    count('InventoryCaptures', 1);
    count('InventoryInterfaces', snapshot.interfaces.length);
    count('InventoryFailures', failures.length);
    if (failures.length > 0) log.warn('parts of the inventory cannot be read', { failures });
    if (problems.length > 0) log.warn('parts of the inventory are not understood', { problems: problems.slice(0, 20) });

    const interfaces = snapshot.interfaces.length;
    if (newest && isSameState(newest, snapshot)) return { outcome: 'unchanged', interfaces };
    return { outcome: 'stored', key: await write(snapshot), interfaces };
  };
}

const isSameState = (a: InventorySnapshot, b: InventorySnapshot): boolean =>
  serializeSnapshot({ ...a, capturedAt: b.capturedAt }) === serializeSnapshot(b);
