/** The figures of a selection, and what the lake holds altogether. */

import { addCounts, emptyCounts, type RecordCounts, readLedger } from '../ledger.ts';
import type { LakeState } from '../state.ts';
import { currentTimeline } from './facts.ts';
import { runQuery } from './run.ts';
import { sourceOf } from './source.ts';
import { lakeSpan } from './span.ts';
import type { Selection } from './window.ts';

export interface Summary {
  readonly flows: number;
  readonly packets: number;
  readonly bytes: number;
  readonly accepted: number;
  readonly rejected: number;
  /** Security groups with traffic. */
  readonly groups: number;
  readonly interfaces: number;
  /** Distinct addresses at the other end. */
  readonly peers: number;
  /** Unix seconds of the first and last record; null when nothing matches. */
  readonly from: number | null;
  readonly to: number | null;
}

const FIELDS = ['action', 'security-group-ids', 'interface-id', 'peer-address'];

export const querySummary = async (lake: LakeState, selection: Selection): Promise<Summary> => {
  const source = await sourceOf(lake, selection, FIELDS);
  const [first, last] =
    source.from === 'conversations' ? ['first_seen', 'last_seen'] : ['start', 'coalesce("end", start)'];
  const [row] = await runQuery<Summary>(
    lake,
    `SELECT coalesce(sum(flows), 0)::BIGINT AS flows, coalesce(sum(packets), 0)::BIGINT AS packets, coalesce(sum(bytes), 0)::BIGINT AS bytes,
       coalesce(sum(flows) FILTER (action = 'ACCEPT'), 0)::BIGINT AS accepted, coalesce(sum(flows) FILTER (action = 'REJECT'), 0)::BIGINT AS rejected,
       len(list_distinct(flatten(list(DISTINCT security_group_ids)))) AS groups,
       count(DISTINCT interface_id) AS interfaces, count(DISTINCT peer_address) AS peers,
       min(${first}) AS from, max(${last}) AS to
     FROM ${source.sql}`,
    source.params,
    selection.signal,
  );
  if (row === undefined) throw new Error('an aggregate gave no row');
  return { ...row, groups: row.groups ?? 0 };
};

export interface Overview {
  /** Unix seconds of the first and last record; null without any. */
  readonly from: number | null;
  readonly to: number | null;
  readonly objects: number;
  readonly records: RecordCounts;
  /** Null without inventory. */
  readonly inventory: {
    readonly snapshots: number;
    /** ISO 8601, of the newest. */
    readonly capturedAt: string;
    readonly interfaces: number;
    readonly groups: number;
    readonly rules: number;
  } | null;
}

export const queryOverview = async (lake: LakeState): Promise<Overview> => {
  const records = emptyCounts();
  const { entries } = readLedger(lake);
  for (const entry of entries) addCounts(records, entry.counts);
  const span = await lakeSpan(lake);
  return {
    from: span?.from ?? null,
    to: span === null ? null : span.to - 1,
    objects: entries.length,
    records,
    inventory: await inventoryOf(lake),
  };
};

const inventoryOf = async (lake: LakeState): Promise<Overview['inventory']> => {
  const timeline = currentTimeline(lake);
  const newest = timeline.epochs.at(-1);
  if (newest === undefined) return null;
  const { interfaces, groups } = timeline.snapshotAt(newest);
  return {
    snapshots: timeline.epochs.length,
    capturedAt: new Date(newest * 1000).toISOString(),
    interfaces: interfaces.length,
    groups: groups.length,
    rules: groups.reduce((sum, { rules }) => sum + rules.length, 0),
  };
};
