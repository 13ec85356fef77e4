import { describe, expect, it } from 'vitest';
import { formatBar } from './bar.ts';
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatQuantity,
  formatShare,
  formatTime,
  toIso,
} from './humanise.ts';

describe('numbers for people', () => {
  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1.0 KiB'],
    [1536, '1.5 KiB'],
    [104_857, '102 KiB'],
    [1024 ** 2 - 1, '1.0 MiB'],
    [5.25 * 1024 ** 3, '5.3 GiB'],
  ])('%d bytes are %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text));

  it.each([
    [0, '0 s'],
    [1.54, '1.5 s'],
    [59.4, '59 s'],
    [60, '1 min'],
    [3661, '1 h 1 min'],
    [90_061, '1 d 1 h'],
  ])('%d seconds are %s', (seconds, text) => expect(formatDuration(seconds)).toBe(text));

  it('groups digits, counts in words and shares', () => {
    expect(formatCount(1234567)).toBe('1,234,567');
    expect(formatQuantity(1, 'record')).toBe('1 record');
    expect(formatQuantity(2, 'entry', 'entries')).toBe('2 entries');
    expect([formatShare(1, 8), formatShare(0, 0)]).toEqual(['12.5 %', '-']);
  });

  it('shows times in UTC', () => {
    expect(formatTime(1_780_272_000)).toBe('2026-06-01 00:00:00');
    expect(formatTime('2026-06-01T00:00:00.000Z')).toBe('2026-06-01 00:00:00');
    expect(formatTime(null)).toBe('-');
    expect(toIso(1_780_272_000)).toBe('2026-06-01T00:00:00Z');
  });
});

describe('formatBar', () => {
  it('fills cells in eighths, and shows that something is there', () => {
    expect([0, 0.1, 50, 100].map((value) => formatBar(value, 100, 4))).toEqual(['', '▏', '██', '████']);
    expect(formatBar(45, 100, 4)).toBe('█▊');
  });
});
