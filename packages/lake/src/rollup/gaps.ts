/**
 * Gaps between captures in SQL: `Timeline.gapAt` for many times at once.
 *
 * Lists of constants rather than a join by inequality, which would cost more than all that is joined with it. Nearly all
 * times are of the day that is rolled up, so that they are looked for among the captures of that day alone.
 */
import { SECONDS_PER_DAY } from '../relations.ts';

export interface Captures {
  /** Of the timeline: capture times, Unix seconds, ascending. */
  readonly epochs: readonly number[];
  /** The day that is rolled up; null = records without time. */
  readonly day: number | null;
}

/** The gap of a time; null without inventory. @param seconds SQL, Unix seconds */
export const gapSql = ({ epochs, day }: Captures, seconds: string): string => {
  if (epochs.length === 0) return 'NULL::INTEGER';
  const begins = day === null ? Number.POSITIVE_INFINITY : day * SECONDS_PER_DAY;
  const earlier = epochs.filter((moment) => moment < begins);
  const during = epochs.filter((moment) => moment >= begins && moment < begins + SECONDS_PER_DAY);
  const anyTime = `${countUpTo(day === null ? epochs : earlier, seconds)} - 1`;
  const ofDay = `${earlier.length} + ${countUpTo(during, seconds)} - 1`;
  const gap = day === null ? anyTime : `CASE WHEN ${seconds} >= ${begins} THEN ${ofDay} ELSE ${anyTime} END`;
  return `(${gap})::INTEGER`;
};

const countUpTo = (moments: readonly number[], seconds: string): string =>
  moments.length === 0 ? '0' : `len(list_filter([${moments.join(', ')}]::BIGINT[], moment -> moment <= ${seconds}))`;

/** The time of the capture that a gap follows; null before the first one. @param gap SQL */
export const captureSql = ({ epochs }: Captures, gap: string): string =>
  epochs.length === 0
    ? 'NULL::BIGINT'
    : `CASE WHEN ${gap} >= 0 THEN list_extract([${epochs.join(', ')}]::BIGINT[], ${gap} + 1) END`;
