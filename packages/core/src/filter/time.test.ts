import { expect, test } from 'vitest';
import { formatTime, parseTime } from './time.ts';

test.each([
  ['1970-01-01', 0],
  ['2026-06-01', 1_780_272_000],
  ['2026-06-01T12:34', 1_780_317_240],
  ['2026-06-01t12:34:56z', 1_780_317_296],
  ['2026-06-01T12:34:56-01:30', 1_780_322_696],
  ['2024-02-29T00:00:00+0000', 1_709_164_800],
])('%s is %i', (text, seconds) => expect(parseTime(text)).toBe(seconds));

test.each([
  '',
  '2026',
  '2026-6-1',
  '2026-02-29',
  '2026-06-01T24:00',
  '2026-06-01T12:60',
  '1969-12-31',
  '0050-01-01',
  '2026-06-01T12:00+99:00',
])('"%s" is no time', (text) => expect(parseTime(text)).toBeNull());

test('writes what it reads', () => {
  expect(formatTime(1_780_317_296)).toBe('2026-06-01T12:34:56Z');
  expect(formatTime(Number.MAX_SAFE_INTEGER)).toBe('9007199254740991');
});
