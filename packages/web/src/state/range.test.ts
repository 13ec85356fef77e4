import { describe, expect, it } from 'vitest';
import { DAY, HOUR } from '../format/time.ts';
import { defaultRange, labelOf, PRESETS, resolveRange, shift, toAbsolute, zoomOut } from './range.ts';

const at = (iso: string): number => Date.parse(iso) / 1000;
/** A Wednesday. */
const NEWEST = at('2026-06-10T14:20:05Z');
const BOUNDS = { from: at('2026-05-01T08:30:00Z'), to: NEWEST };
const END = at('2026-06-10T15:00:00Z');

describe('ranges', () => {
  it.each([
    ['24h', END - DAY],
    ['7d', END - 7 * DAY],
    ['today', at('2026-06-10T00:00:00Z')],
    ['week', at('2026-06-08T00:00:00Z')],
    ['month', at('2026-06-01T00:00:00Z')],
    ['all', at('2026-05-01T08:00:00Z')],
  ])('%s ends with the hour of the newest record', (range, from) => {
    expect(resolveRange(range, BOUNDS)).toEqual({ from, to: END });
  });

  it('of a Sunday and a Monday begin with the right week', () => {
    const week = (newest: string) => resolveRange('week', { from: 0, to: at(newest) }).from;
    expect(week('2026-06-07T23:59:59Z')).toBe(at('2026-06-01T00:00:00Z'));
    expect(week('2026-06-08T00:00:00Z')).toBe(at('2026-06-08T00:00:00Z'));
  });

  it('are whole hours, which the roll-up answers', () => {
    for (const { id } of PRESETS) {
      const { from, to } = resolveRange(id, BOUNDS);
      expect([from % HOUR, to % HOUR]).toEqual([0, 0]);
    }
  });

  it('hold the newest record', () => {
    for (const { id } of PRESETS) {
      const { from, to } = resolveRange(id, BOUNDS);
      expect(from <= NEWEST && NEWEST < to).toBe(true);
    }
  });

  it('that are two times are these; nonsense is the default', () => {
    expect(resolveRange('100-200', BOUNDS)).toEqual({ from: 100, to: 200 });
    expect(resolveRange('200-100', BOUNDS)).toEqual(resolveRange('7d', BOUNDS));
    expect(resolveRange('<script>', BOUNDS)).toEqual(resolveRange('7d', BOUNDS));
  });

  it('go through the address unchanged', () => {
    const window = { from: 1_780_000_000, to: 1_780_003_600 };
    expect(resolveRange(toAbsolute(window), BOUNDS)).toEqual(window);
  });
});

describe('moving', () => {
  it('zooms out around the middle', () => {
    expect(zoomOut({ from: 1000, to: 2000 })).toEqual({ from: 500, to: 2500 });
    expect(zoomOut({ from: 10, to: 1000 }).from).toBe(0);
  });

  it('goes half a window back and forth', () => {
    const window = { from: 10_000, to: 12_000 };
    expect(shift(window, -1)).toEqual({ from: 9000, to: 11_000 });
    expect(shift(shift(window, -1), 1)).toEqual(window);
  });
});

it('without a choice it is the last week, or everything where there is no more', () => {
  expect(defaultRange(BOUNDS)).toBe('7d');
  expect(defaultRange({ from: NEWEST - 2 * DAY, to: NEWEST })).toBe('all');
});

it('a range is called by its name, or by its times', () => {
  expect(labelOf('week', { from: 0, to: 1 })).toBe('Week to date');
  expect(labelOf('1-2', { from: at('2026-06-10T09:00:00Z'), to: at('2026-06-10T12:00:00Z') })).toBe(
    '10 Jun, 09:00 – 12:00',
  );
});
