/**
 * Time ranges. Relative ones end with the hour of the newest record of the lake, not with the clock: logs arrive
 * minutes late, and a lake of last month's logs is as worth looking at as one that is filled now. They are whole hours,
 * which the hourly roll-up answers at once. All times are Unix seconds, UTC.
 */
import { DAY, formatWindow, HOUR } from '../format/time.ts';

/** Half-open: `[from, to)`. */
export interface TimeWindow {
  readonly from: number;
  readonly to: number;
}

/** Where there is no record. */
export const NO_WINDOW: TimeWindow = { from: 0, to: 0 };

export interface Preset {
  readonly id: string;
  readonly label: string;
  /** Given the end of the newest record's hour. */
  readonly start: (end: number) => number;
}

const back = (seconds: number) => (end: number) => end - seconds;
/** The last moment of a range that ends before it. */
const before = (start: (time: number) => number) => (end: number) => start(end - 1);
const startOfDay = (time: number): number => time - (time % DAY);

/** ISO weeks begin on Monday; Unix time began on a Thursday. */
const startOfWeek = (time: number): number => startOfDay(time) - ((Math.floor(time / DAY) + 3) % 7) * DAY;

const startOfMonth = (time: number): number => {
  const date = new Date(time * 1000);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1) / 1000;
};

export const PRESETS: readonly Preset[] = [
  { id: '1h', label: 'Last hour', start: back(HOUR) },
  { id: '6h', label: 'Last 6 hours', start: back(6 * HOUR) },
  { id: '24h', label: 'Last 24 hours', start: back(DAY) },
  { id: '7d', label: 'Last 7 days', start: back(7 * DAY) },
  { id: '30d', label: 'Last 30 days', start: back(30 * DAY) },
  { id: 'today', label: 'Day to date', start: before(startOfDay) },
  { id: 'week', label: 'Week to date', start: before(startOfWeek) },
  { id: 'month', label: 'Month to date', start: before(startOfMonth) },
];

export const ALL = 'all';
const WEEK = '7d';

/** The last week, or all of it where there is no more. */
export const defaultRange = ({ from, to }: TimeWindow): string => (to - from > 7 * DAY ? WEEK : ALL);

/** The window a range stands for; `bounds` are the first and last record. Unknown text is the last week. */
export const resolveRange = (range: string, bounds: TimeWindow): TimeWindow => {
  const absolute = parseAbsolute(range);
  if (absolute !== null) return absolute;
  const to = (Math.floor(bounds.to / HOUR) + 1) * HOUR;
  if (range === ALL) return { from: Math.floor(bounds.from / HOUR) * HOUR, to };
  const preset = PRESETS.find(({ id }) => id === range) ?? PRESETS.find(({ id }) => id === WEEK);
  return { from: preset?.start(to) ?? bounds.from, to };
};

/** `1700000000-1700003600` */
export const toAbsolute = ({ from, to }: TimeWindow): string => `${Math.floor(from)}-${Math.ceil(to)}`;

const parseAbsolute = (range: string): TimeWindow | null => {
  const match = /^(\d{1,12})-(\d{1,12})$/.exec(range);
  if (match === null) return null;
  const from = Number(match[1]);
  const to = Number(match[2]);
  return from < to ? { from, to } : null;
};

/** Twice as long around the same middle. */
export const zoomOut = ({ from, to }: TimeWindow): TimeWindow => {
  const quarter = Math.max(60, Math.round((to - from) / 2));
  return { from: Math.max(0, from - quarter), to: to + quarter };
};

/** Half a window earlier (-1) or later (1). */
export const shift = ({ from, to }: TimeWindow, direction: -1 | 1): TimeWindow => {
  const step = Math.max(1, Math.round((to - from) / 2)) * direction;
  return from + step < 0 ? { from: 0, to: to - from } : { from: from + step, to: to + step };
};

export const labelOf = (range: string, window: TimeWindow): string => {
  if (range === ALL) return 'All data';
  return PRESETS.find(({ id }) => id === range)?.label ?? formatWindow(window.from, window.to);
};
