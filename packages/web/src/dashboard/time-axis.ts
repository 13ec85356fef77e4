/** Ticks of a UTC time axis at round times. */
import { DAY, formatClock, formatDay, HOUR, MINUTE } from '../format/time.ts';

const STEPS = [
  1,
  5,
  15,
  30,
  MINUTE,
  5 * MINUTE,
  10 * MINUTE,
  30 * MINUTE,
  HOUR,
  2 * HOUR,
  3 * HOUR,
  6 * HOUR,
  12 * HOUR,
  DAY,
  2 * DAY,
  7 * DAY,
  14 * DAY,
  30 * DAY,
  90 * DAY,
  365 * DAY,
];

export interface Tick {
  readonly time: number;
  readonly label: string;
}

/** At most `count` ticks; a day's first tick names the day, the others the time of day. */
export const timeTicks = (from: number, to: number, count: number): readonly Tick[] => {
  const step = STEPS.find((size) => (to - from) / size <= count) ?? (STEPS.at(-1) as number);
  const ticks: Tick[] = [];
  for (let time = Math.ceil(from / step) * step; time < to; time += step) {
    ticks.push({ time, label: step >= DAY || time % DAY === 0 ? formatDay(time) : labelWithin(time, step) });
  }
  return ticks;
};

const labelWithin = (time: number, step: number): string =>
  step < MINUTE ? `${formatClock(time)}:${String(time % MINUTE).padStart(2, '0')}` : formatClock(time);

const ROUND = [1, 1.2, 1.6, 2, 2.4, 3, 4, 5, 6, 8, 10];

/** A round number at or above the value whose half is round as well. */
export const niceCeiling = (value: number): number => {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return (ROUND.find((factor) => factor * power >= value) ?? 10) * power;
};
