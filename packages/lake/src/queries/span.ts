/** From when to when a lake, or a part of it, has records. */

import { COVERAGE_COLUMNS, daysIn, dirtyWithin, filesOf, flowsRelation, relationOf } from '../relations.ts';
import { CONVERSATION_COLUMNS } from '../rollup/columns.ts';
import type { LakeState } from '../state.ts';
import { runQuery } from './run.ts';
import type { Window } from './window.ts';

/** Unix seconds, `to` exclusive. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * From the first record of the lake to the last one, of any log status: an interval without data was watched too. Null
 * when no record has a time. Reads two days only, once for each state.
 */
export const lakeSpan = async (lake: LakeState): Promise<Span | null> => {
  const known = spans.get(lake.manifest);
  if (known !== undefined) return known;
  const span = await readSpan(lake);
  spans.set(lake.manifest, span);
  return span;
};

const spans = new WeakMap<LakeState['manifest'], Span | null>();

const readSpan = async (lake: LakeState): Promise<Span | null> => {
  const days = [...daysIn(lake, 'flows'), ...daysIn(lake, 'coverage')].filter((day) => day !== null);
  if (days.length === 0) return null;
  const ends = [...new Set([Math.min(...days), Math.max(...days)])];
  const relations = await Promise.all(ends.map((day) => intervalsOf(lake, day)));
  const [row] = await runQuery<{ from: number | null; to: number | null }>(
    lake,
    `SELECT min(first) AS from, max(last) AS to FROM (${relations.join(' UNION ALL ')})`,
    [],
  );
  return row === undefined || row.from === null || row.to === null ? null : { from: row.from, to: row.to + 1 };
};

/** Query of the intervals of all records of a day. */
const intervalsOf = async (lake: LakeState, day: number): Promise<string> => {
  const range = { first: day, last: day };
  const records = (relation: string) => `SELECT start AS first, coalesce("end", start) AS last FROM ${relation}`;
  const coverage = relationOf(await filesOf(lake, 'coverage', range), COVERAGE_COLUMNS);
  const isRolledUp = dirtyWithin(lake, range).length === 0;
  const flows = isRolledUp
    ? `SELECT first_seen AS first, last_seen AS last FROM ${relationOf(await filesOf(lake, 'conversations', range), CONVERSATION_COLUMNS)}`
    : records(await flowsRelation(lake, range));
  return `${flows} UNION ALL ${records(coverage)}`;
};

/** What a window means: its own bounds, and the lake's where it has none. */
export const querySpan = async (lake: LakeState, window: Window): Promise<Span | null> =>
  spanWithin(await lakeSpan(lake), window);

export const spanWithin = (logs: Span | null, window: Window): Span | null => {
  const from = window.from ?? logs?.from;
  const to = window.to ?? logs?.to;
  return from === undefined || to === undefined || from >= to ? null : { from, to };
};
