/** From when to when a lake, or a part of it, has records. */
import type { Lake } from '../lake.ts';
import { daysIn, filesOf, relationOf } from '../relations.ts';
import { CONVERSATION_COLUMNS } from '../rollup/columns.ts';
import { runQuery } from './run.ts';
import type { Window } from './window.ts';

/** Unix seconds, `to` exclusive. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** The first and last record of the lake; null when none has a time. Reads the roll-ups of two days only. */
export const lakeSpan = async (lake: Lake): Promise<Span | null> => {
  const days = (await daysIn(lake.paths, 'conversations')).filter((day) => day !== null);
  const first = days[0];
  const last = days.at(-1);
  if (first === undefined || last === undefined) return null;
  const files = [
    ...(await filesOf(lake.paths, 'conversations', { first, last: first })),
    ...(first === last ? [] : await filesOf(lake.paths, 'conversations', { first: last, last })),
  ];
  const [row] = await runQuery<{ from: number | null; to: number | null }>(
    lake,
    `SELECT min(first_seen) AS from, max(last_seen) AS to FROM ${relationOf(files, CONVERSATION_COLUMNS)}`,
    [],
  );
  return row === undefined || row.from === null || row.to === null ? null : { from: row.from, to: row.to + 1 };
};

/** What a window means: its own bounds, and the lake's where it has none. */
export const querySpan = async (lake: Lake, window: Window): Promise<Span | null> => {
  const span = await lakeSpan(lake);
  const from = window.from ?? span?.from;
  const to = window.to ?? span?.to;
  return from === undefined || to === undefined || from >= to ? null : { from, to };
};
