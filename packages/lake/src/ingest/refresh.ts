/** Enriches stored records anew where a changed inventory says something else of their interfaces. */
import { dirname, join } from 'node:path';
import type { NetworkInterface } from '@flowfit/core/inventory/model';
import type { Timeline, Version } from '@flowfit/core/inventory/timeline';
import { push } from '@flowfit/core/multimap';
import type { Batch } from '../commit.ts';
import type { Lake } from '../lake.ts';
import type { LakeFile } from '../manifest.ts';
import { daysIn, entriesOfDay, relationOf, SECONDS_PER_DAY } from '../relations.ts';
import { FLOW_COLUMNS } from '../sql/columns.ts';
import { literals } from '../sql/text.ts';
import { writeParquet } from '../write-parquet.ts';
import { refoundSql } from './stored.ts';

/** Rewrites, as part of a batch, the files of the days that have records of an interface that changed then. */
export const refreshRecords = async (lake: Lake, batch: Batch, before: Timeline, after: Timeline): Promise<void> => {
  const changes = changedSpans(versionsById(before), versionsById(after));
  if (changes.length === 0) return;
  for (const day of daysIn(lake, 'flows')) {
    const ids = changes.filter((span) => day === null || overlapsDay(span, day)).map(({ id }) => id);
    if (ids.length > 0) await refreshDay(lake, batch, { day, ids }, after);
  }
};

/** Rewrites all records, as part of a batch: after it is not known any more what they were enriched with. */
export const refreshAll = async (
  lake: Lake,
  batch: Batch,
  files: readonly LakeFile[],
  after: Timeline,
): Promise<void> => {
  await lake.checker.check(files);
  for (const [serial, file] of files.entries()) await rewrite(lake, batch, file, serial, after);
};

const refreshDay = async (
  lake: Lake,
  batch: Batch,
  { day, ids }: { readonly day: number | null; readonly ids: readonly string[] },
  after: Timeline,
): Promise<void> => {
  const files = entriesOfDay(lake, 'flows', day);
  await lake.checker.check(files);
  for (const [serial, file] of files.entries()) {
    if (await holdsInterface(lake, join(lake.dir, file.path), ids)) await rewrite(lake, batch, file, serial, after);
  }
};

const holdsInterface = async (lake: Lake, path: string, ids: readonly string[]): Promise<boolean> => {
  const records = relationOf([path], FLOW_COLUMNS);
  const { found } = await lake.db.one<{ found: boolean }>(
    `SELECT EXISTS (SELECT 1 FROM ${records} WHERE interface_id IN (SELECT unnest(${literals(ids)}))) AS found`,
  );
  return found;
};

const rewrite = async (lake: Lake, batch: Batch, old: LakeFile, serial: number, timeline: Timeline): Promise<void> => {
  const from = join(lake.dir, old.path);
  const target = join(dirname(from), `${batch.id}-r${serial}.parquet`);
  const sql = await refoundSql(lake.db, from, 'enrichment', (id) => timeline.statesOfInterface(id));
  await writeParquet(lake.db, batch, target, sql, old.batches);
  batch.remove(from);
};

/** A time, in Unix seconds, of which two timelines tell different things of an interface; infinite where unbounded. */
interface ChangedSpan {
  readonly id: string;
  readonly from: number;
  readonly to: number;
}

/** Of each interface, by its id, ascending. */
type InterfaceVersions = ReadonlyMap<string, readonly Version<NetworkInterface>[]>;

const versionsById = (timeline: Timeline): InterfaceVersions => {
  const byId = new Map<string, Version<NetworkInterface>[]>();
  for (const version of timeline.interfaceVersions()) push(byId, version.id, version);
  return byId;
};

const changedSpans = (before: InterfaceVersions, after: InterfaceVersions): ChangedSpan[] =>
  [...after].flatMap(([id, versions]) => {
    const previous = before.get(id) ?? [];
    const bounds = [...versions, ...previous].flatMap(({ from, to }) => [from ?? -Infinity, to ?? Infinity]);
    const cuts = [...new Set([-Infinity, Infinity, ...bounds])].sort((a, b) => a - b);
    return cuts.slice(1).flatMap((to, index) => {
      const from = cuts[index] as number;
      return factsAt(versions, from) === factsAt(previous, from) ? [] : [{ id, from, to }];
    });
  });

/** What records are enriched with, as one text. */
const factsAt = (versions: readonly Version<NetworkInterface>[], seconds: number): string => {
  const version = versions.find(({ from, to }) => seconds >= (from ?? -Infinity) && seconds < (to ?? Infinity));
  if (version === undefined) return '';
  const { groupIds, addresses, prefixes } = version.value;
  return JSON.stringify([groupIds, addresses, prefixes]);
};

const overlapsDay = ({ from, to }: ChangedSpan, day: number): boolean =>
  from < (day + 1) * SECONDS_PER_DAY && to > day * SECONDS_PER_DAY;
