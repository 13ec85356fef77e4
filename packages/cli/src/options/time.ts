/** Times on the command line. Everything is UTC, as flow logs are, unless an offset says otherwise. */
import { parseTime as parseIsoTime } from '@flowfit/core/filter/time';
import { InvalidArgumentError } from 'commander';

const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** How a time is written, for help and messages. */
export const TIME_SYNTAX = '2026-06-01, 2026-06-01T08:30Z, -7d, -12h, -30m or now';

/**
 * Unix seconds of a time; a date is its midnight.
 *
 * @example parseTime('-1h', () => new Date('2026-06-01T08:00:00Z')) // 2026-06-01T07:00:00Z
 * @throws InvalidArgumentError when the text is no time.
 */
export const parseTime = (text: string, now: () => Date): number => {
  const current = Math.floor(now().getTime() / 1000);
  if (text === 'now') return current;
  const ago = /^-(\d{1,9})([smhdw])$/.exec(text);
  if (ago !== null) return current - Number(ago[1]) * (UNIT_SECONDS[ago[2] as string] as number);
  const seconds = parseIsoTime(text);
  if (seconds === null) throw new InvalidArgumentError(`Not a time. Write ${TIME_SYNTAX}.`);
  return seconds;
};

/** Whole days since 1970-01-01 UTC: the day of a time. */
export const readDay =
  ({ effects }: { readonly effects: { readonly now: () => Date } }) =>
  (text: string): number =>
    Math.floor(parseTime(text, effects.now) / 86_400);
