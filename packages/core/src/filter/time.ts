/** Times of a filter: ISO 8601, UTC unless an offset is given, in whole seconds; a date alone is its midnight. */

const TIME = /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d))?(?:Z|([+-])(\d\d):?(\d\d))?)?$/i;

/** Unix seconds; null where the text is no time, such as 30 February. */
export const parseTime = (text: string): number | null => {
  const match = TIME.exec(text);
  if (match === null) return null;
  const part = (index: number) => Number(match[index] ?? 0);
  const [year, month, day, hour, minute, second] = [part(1), part(2), part(3), part(4), part(5), part(6)];
  const date = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  // Date carries what overflows into the next unit; a real time comes back as it went.
  const written = [year, month - 1, day, hour, minute, second];
  const read = [
    date.getUTCFullYear(),
    date.getUTCMonth(),
    date.getUTCDate(),
    date.getUTCHours(),
    date.getUTCMinutes(),
    date.getUTCSeconds(),
  ];
  if (written.some((value, index) => value !== read[index])) return null;
  const [offsetHours, offsetMinutes] = [part(8), part(9)];
  if (offsetHours > 23 || offsetMinutes > 59) return null;
  const offset = (offsetHours * 60 + offsetMinutes) * (match[7] === '-' ? -60 : 60);
  const seconds = date.getTime() / 1000 - offset;
  return seconds < 0 ? null : seconds;
};

/** `2026-06-01T12:00:00Z`; the number itself beyond the year 9999. */
export const formatTime = (seconds: number): string =>
  seconds <= LAST_SECOND ? new Date(seconds * 1000).toISOString().replace('.000Z', 'Z') : String(seconds);

const LAST_SECOND = Date.UTC(9999, 11, 31, 23, 59, 59) / 1000;
