/**
 * The roll-up: from the records of a day to its conversations (`./day.ts`), for every day that has newer records than
 * roll-ups.
 *
 * A day also depends on the connections of the days before it, as far as idle time-outs reach. So when the connections
 * of a day come out otherwise than before, the days after it are recomputed too: whatever the order in which records
 * and inventory came, the same inputs give the same conversations.
 */
import { join } from 'node:path';
import { TCP_ESTABLISHED_SECONDS } from '@flowfit/core/conversation/timeouts';
import type { Timeline } from '@flowfit/core/inventory/timeline';
import { Attributor } from '@flowfit/core/security-group/attribute';
import { Batch } from '../commit.ts';
import { loadTimeline } from '../inventory/timeline.ts';
import type { Lake } from '../lake.ts';
import { daysIn, dirtyDays, entriesOfDay, filesOf, filesOfDay, relationOf, SECONDS_PER_DAY } from '../relations.ts';
import { type CodedRecords, codeFiles } from '../tables/coded.ts';
import { CONNECTION_COLUMNS } from './columns.ts';
import { rollUpDay } from './day.ts';

export interface RollUpOptions {
  /** Of days of which somebody has all records at hand, these. They are dropped once they are rolled up. */
  readonly coded?: ReadonlyMap<number | null, CodedRecords> | undefined;
  /** Records worked on at a time: days with more are cut by interface, so that memory stays bounded. */
  readonly recordsAtOnce?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onDay?: (() => void) | undefined;
}

/** Days that a connection may be silent and still go on. */
export const REACH_DAYS = Math.ceil(TCP_ESTABLISHED_SECONDS / SECONDS_PER_DAY);

/** What 2 GiB hold, DuckDB's tables and what is worked out of them together. */
const RECORDS_AT_ONCE = 4_000_000;

/** Recomputes the days that need it. The lock must be held. */
export const rollUp = async (lake: Lake, options: RollUpOptions = {}): Promise<void> => {
  const pending = new Set(dirtyDays(lake));
  if (pending.size === 0) return;
  const timeline = loadTimeline(lake);
  const days = daysIn(lake, 'flows');
  for (const day of pending) if (!days.includes(day)) await forgetDay(lake, day);
  for (const day of dirtyDays(lake)) pending.add(day);
  const attributor = new Attributor(timeline);
  for (const day of days) {
    if (!pending.has(day)) continue;
    options.signal?.throwIfAborted();
    const affected = await rollUpOne(lake, day, { ...options, timeline, attributor, days });
    for (const later of affected) pending.add(later);
    options.onDay?.();
  }
};

/** Takes away what was derived from a day that has no records any more. */
const forgetDay = async (lake: Lake, day: number | null): Promise<void> => {
  const batch = await Batch.begin(lake);
  const connections = entriesOfDay(lake, 'connections', day);
  for (const { path } of [...entriesOfDay(lake, 'conversations', day), ...connections])
    batch.remove(join(lake.dir, path));
  batch.markClean(day);
  if (connections.length > 0) batch.markDirty(laterDays(day, daysIn(lake, 'flows')));
  await batch.commit();
};

/** The days of which the connections may go on from one before. */
const laterDays = (day: number | null, days: readonly (number | null)[]): number[] =>
  day === null ? [] : (days.filter((later) => later !== null && later > day && later <= day + REACH_DAYS) as number[]);

interface DayContext extends RollUpOptions {
  readonly timeline: Timeline;
  readonly attributor: Attributor;
  /** All that have records, ascending. */
  readonly days: readonly (number | null)[];
}

/** @returns the days that may come out otherwise now; they are marked together with the commit of this one */
const rollUpOne = async (lake: Lake, day: number | null, context: DayContext): Promise<number[]> => {
  const { timeline, attributor, days, coded, recordsAtOnce = RECORDS_AT_ONCE } = context;
  const batch = await Batch.begin(lake);
  try {
    const old = await filesOfDay(lake, 'connections', day);
    const before = await digestOf(lake, old);
    const records =
      coded?.get(day) ??
      (await codeFiles(lake.db, await filesOfDay(lake, 'flows', day), {
        folder: join(batch.folder, 'parts'),
        recordsAtOnce,
      }));
    const written = await rollUpDay({
      ...{ lake, batch, day, timeline, attributor, records },
      earlier: await earlierConnections(lake, day),
      // Before the first day that was not pruned, something was logged.
      isFirst: day !== null && day === days[0] && lake.manifest.prunedBefore === null,
    });
    await records.drop();
    for (const path of [...(await filesOfDay(lake, 'conversations', day)), ...old]) batch.remove(path);
    batch.markClean(day);
    const affected = (await digestOf(lake, written)) === before ? [] : laterDays(day, days);
    batch.markDirty(affected);
    await batch.commit();
    return affected;
  } catch (error) {
    await batch.discard();
    throw error;
  }
};

const earlierConnections = async (lake: Lake, day: number | null): Promise<string | null> => {
  if (day === null) return null;
  const files = await filesOf(lake, 'connections', { first: day - REACH_DAYS, last: day - 1 });
  return files.length === 0 ? null : relationOf(files, CONNECTION_COLUMNS);
};

/** Changes with any row, whatever their order. */
const digestOf = async (lake: Lake, files: readonly string[]): Promise<string> => {
  const columns = CONNECTION_COLUMNS.map(([name]) => name).join(', ');
  const row = await lake.db.one<{ count: number; digest: bigint | number | null }>(
    `SELECT count(*) AS count, bit_xor(hash(${columns})) AS digest FROM ${relationOf(files, CONNECTION_COLUMNS)}`,
  );
  return `${row.count} ${row.digest}`;
};
