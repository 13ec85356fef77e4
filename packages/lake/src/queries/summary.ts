/** The figures of a selection, and what the lake holds altogether. */

import { addCounts, emptyCounts, type RecordCounts, readLedger } from '../ledger.ts';
import { answerResident } from '../resident/question.ts';
import { askResident } from '../resident/resident.ts';
import type { LakeState } from '../state.ts';
import { currentTimeline } from './facts.ts';
import { runQuery } from './run.ts';
import { sourceOf } from './source.ts';
import { lakeSpan } from './span.ts';
import { SECONDS_PER_HOUR, type Selection } from './window.ts';

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

/** What the figures are made of. */
export const SUMMARY_FIELDS = ['action', 'security-group-ids', 'interface-id', 'peer-address'];

export const querySummary = async (lake: LakeState, selection: Selection): Promise<Summary> => {
  const { from, to, filter, signal } = selection;
  const replies = await askResident(lake, [selection], SUMMARY_FIELDS, SECONDS_PER_HOUR, (table) =>
    answerResident(lake, table, filter, [{ from, to, figures: true }], signal),
  );
  return replies?.[0]?.figures ?? (await summaryOfFiles(lake, selection));
};

const summaryOfFiles = async (lake: LakeState, selection: Selection): Promise<Summary> => {
  const source = await sourceOf(lake, selection, SUMMARY_FIELDS);
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

/** The figures of a window, and of the one of the same length just before. */
export interface SummaryPair {
  readonly current: Summary;
  /** Null where the lake has no record that early, so that nothing is compared with hours that were not logged. */
  readonly previous: Summary | null;
}

export const querySummaryPair = async (lake: LakeState, selection: Selection): Promise<SummaryPair> => {
  const before = await selectionBefore(lake, selection);
  return {
    current: await querySummary(lake, selection),
    previous: before === null ? null : await querySummary(lake, before),
  };
};

export const selectionBefore = async (lake: LakeState, selection: Selection): Promise<Selection | null> => {
  const { from, to } = selection;
  const span = await lakeSpan(lake);
  if (from === undefined || to === undefined || span === null || span.from >= from) return null;
  return { ...selection, from: Math.max(0, 2 * from - to), to: from };
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
