/** Times in UTC, as flow logs carry them. All take Unix seconds. */

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const two = (value: number): string => String(value).padStart(2, '0');

/** `2026-03-14 09:05:07` */
export const formatInstant = (seconds: number): string =>
  new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ');

/** `14 Mar` */
export const formatDay = (seconds: number): string => {
  const date = new Date(seconds * 1000);
  return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]}`;
};

/** `09:05` */
export const formatClock = (seconds: number): string => {
  const date = new Date(seconds * 1000);
  return `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}`;
};

/** `14 Mar 2026, 09:05` */
export const formatMoment = (seconds: number): string =>
  `${formatDay(seconds)} ${new Date(seconds * 1000).getUTCFullYear()}, ${formatClock(seconds)}`;

/** `14 Mar, 09:05 – 17 Mar, 12:00`; the day once where both ends share it. */
export const formatWindow = (from: number, to: number): string => {
  const sameDay = formatDay(from) === formatDay(to) && to - from < DAY;
  const start = `${formatDay(from)}, ${formatClock(from)}`;
  return `${start} – ${sameDay ? formatClock(to) : `${formatDay(to)}, ${formatClock(to)}`}`;
};

export const MINUTE = 60;
export const HOUR = 3600;
export const DAY = 86_400;

/** `45 s`, `12 min`, `3 h`, `5 d`, the two largest units at most: `1 d 6 h`. */
export const formatDuration = (seconds: number): string => {
  const units = [
    [DAY, 'd'],
    [HOUR, 'h'],
    [MINUTE, 'min'],
    [1, 's'],
  ] as const;
  const first = units.findIndex(([size]) => seconds >= size);
  if (first < 0) return '0 s';
  const [size, unit] = units[first] as (typeof units)[number];
  const next = units[first + 1];
  const rest = next === undefined ? 0 : Math.floor((seconds % size) / next[0]);
  const head = `${Math.floor(seconds / size)} ${unit}`;
  return rest === 0 || next === undefined ? head : `${head} ${rest} ${next[1]}`;
};

/** How long ago, from the newest record on: `3 d ago`. */
export const formatAgo = (seconds: number, now: number): string => {
  const age = Math.max(0, now - seconds);
  return age < MINUTE ? 'just now' : `${formatDuration(age).split(' ').slice(0, 2).join(' ')} ago`;
};

/** Unix seconds of an ISO time; null of null and of what is no time. */
export const parseIso = (text: string | null): number | null => {
  const milliseconds = text === null ? Number.NaN : Date.parse(text);
  return Number.isNaN(milliseconds) ? null : Math.floor(milliseconds / 1000);
};
