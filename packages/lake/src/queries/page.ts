/** Where the records of a page are to be looked for: in as little time as they can be in. */
import type { Row } from '../database.ts';
import { answerResident } from '../resident/question.ts';
import { askResident } from '../resident/resident.ts';
import { RECORD_HASH } from '../sql/columns.ts';
import type { LakeState } from '../state.ts';
import type { HistogramRow } from './histogram.ts';
import type { Order, Position } from './page-sql.ts';
import { querySpan, type Span } from './span.ts';
import { SECONDS_PER_HOUR, type Selection, type Window } from './window.ts';

export { type Order, orderSql } from './page-sql.ts';

/** Text of a record's place in the order. */
export const positionOf = (row: Row): string => `${row['start'] ?? ''}-${row[RECORD_HASH]}`;

/** @throws RangeError */
export const readPosition = (text: string): Position => {
  const [, start = '', hash = ''] = POSITION.exec(text) ?? [];
  if (hash === '') throw new RangeError(`"${text}" is no place in the order of records.`);
  return { start: start === '' ? null : Number(start), hash };
};

export const POSITION = /^(\d{0,12})-(\d{1,20})$/;

/** Hours that are looked through first; each further part is as many times longer. */
const FIRST_HOURS = 1;
const TIMES_LONGER = 8;

interface Attempt {
  readonly selection: Window;
  /** Whether there is no more than is found in it. */
  readonly isLast: boolean;
}

/** Windows to ask one after the other until one has enough, each holding the one before. */
export const narrowed = async function* (
  lake: LakeState,
  { after, ...selection }: Selection & { readonly after?: string | undefined },
  order: Order,
  wanted: number,
): AsyncGenerator<Attempt> {
  const start = after === undefined ? undefined : readPosition(after).start;
  const whole = { from: selection.from, to: selection.to };
  const span = await querySpan(lake, whole);
  if (span === null || start === null || !Number.isFinite(wanted)) return yield { selection: whole, isLast: true };
  const isNewest = order === 'newest';
  const rest = start === undefined ? span : isNewest ? { ...span, to: start + 1 } : { ...span, from: start };
  const hours = selection.filter === undefined ? null : await hoursOf(lake, selection);
  if (hours !== null) yield { selection: partWith(hours, rest, isNewest, wanted), isLast: false };
  else {
    for (let length = FIRST_HOURS * SECONDS_PER_HOUR; length < rest.to - rest.from; length *= TIMES_LONGER) {
      const part = isNewest ? { ...rest, from: rest.to - length } : { ...rest, to: rest.from + length };
      yield { selection: part, isLast: false };
    }
  }
  yield { selection: whole, isLast: true };
};

/** Records by hour; null where only the records themselves tell. */
const hoursOf = async (lake: LakeState, selection: Selection): Promise<readonly HistogramRow[] | null> => {
  const { from, to, filter, signal } = selection;
  const histogram = { by: 'action', stepSeconds: SECONDS_PER_HOUR };
  const replies = await askResident(lake, [selection], ['action'], SECONDS_PER_HOUR, (table) =>
    answerResident(lake, table, filter, [{ from, to, histogram }], signal),
  );
  return replies?.[0]?.histogram ?? null;
};

/** The part of a span whose hours have as many records as are wanted; those of the hour it begins in may be behind. */
const partWith = (hours: readonly HistogramRow[], rest: Span, isNewest: boolean, wanted: number): Span => {
  const within = hours.filter(({ time }) => time + SECONDS_PER_HOUR > rest.from && time < rest.to);
  const ordered = isNewest ? [...within].reverse() : within;
  const edge = isNewest ? Math.floor((rest.to - 1) / SECONDS_PER_HOUR) : Math.floor(rest.from / SECONDS_PER_HOUR);
  let found = 0;
  for (const [index, { time, flows }] of ordered.entries()) {
    if (Math.floor(time / SECONDS_PER_HOUR) !== edge) found += flows;
    const isWhole = ordered[index + 1]?.time !== time;
    if (found < wanted || !isWhole) continue;
    return isNewest
      ? { ...rest, from: Math.max(rest.from, time) }
      : { ...rest, to: Math.min(rest.to, time + SECONDS_PER_HOUR) };
  }
  return rest;
};
