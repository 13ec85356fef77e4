import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InvalidArgumentError } from 'commander';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type GlobalOptions, Shell } from '../shell.ts';
import { silentEffects } from '../silent-effects.ts';
import { withLake } from './lake.ts';
import { decimalNumber, wholeNumber } from './number.ts';
import { readSize } from './size.ts';
import { parseTime } from './time.ts';

const now = () => new Date('2026-06-30T12:00:00.900Z');
const at = (iso: string) => Date.parse(iso) / 1000;

describe('parseTime', () => {
  it.each([
    ['now', '2026-06-30T12:00:00Z'],
    ['-90s', '2026-06-30T11:58:30Z'],
    ['-30m', '2026-06-30T11:30:00Z'],
    ['-12h', '2026-06-30T00:00:00Z'],
    ['-7d', '2026-06-23T12:00:00Z'],
    ['-2w', '2026-06-16T12:00:00Z'],
    ['2026-06-01', '2026-06-01T00:00:00Z'],
    ['2026-06-01T08:30', '2026-06-01T08:30:00Z'],
    ['2026-06-01T08:30:15+02:00', '2026-06-01T06:30:15Z'],
  ])('%s', (text, iso) => expect(parseTime(text, now)).toBe(at(iso)));

  it.each(['', 'yesterday', '7d', '-7y', '2026-02-30', '2026-13-01'])('refuses "%s"', (text) => {
    expect(() => parseTime(text, now)).toThrow(InvalidArgumentError);
  });
});

describe('numbers', () => {
  it('takes digit groups and k and M', () => {
    const count = wholeNumber(1, 5_000_000);
    expect(['1', '20k', '5M', '1_000'].map(count)).toEqual([1, 20_000, 5_000_000, 1000]);
    for (const text of ['0', '6M', '1.5', '-1', '', 'k', '1e3'])
      expect(() => count(text)).toThrow(InvalidArgumentError);
  });

  it('takes fractions where they make sense', () => {
    const days = decimalNumber(0.01, 30);
    expect(days('0.5')).toBe(0.5);
    for (const text of ['0', '31', 'half']) expect(() => days(text)).toThrow(InvalidArgumentError);
  });
});

describe('readSize', () => {
  it.each([
    ['0', 0],
    ['512', 512],
    ['500MB', 500e6],
    ['1.5 GiB', 1.5 * 2 ** 30],
    ['20G', 20e9],
  ])('%s', (text, bytes) => expect(readSize(text, '--temp-limit')).toBe(bytes));

  it.each(['', 'lots', '-1GB', '1,5GB', '5XB'])('refuses %j', (text) => {
    expect(() => readSize(text, '--temp-limit')).toThrow(expect.objectContaining({ code: 'size-unreadable' }));
  });

  it('bounds what the lake spills: the option before the environment', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'flowfit-options-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const shell = new Shell({ ...silentEffects(), cwd: folder, env: { FLOWFIT_TEMP_LIMIT: '3MiB' } });
    const limitOf = (options: GlobalOptions) =>
      withLake(shell, options, ({ db }) => db.one(`SELECT current_setting('max_temp_directory_size') AS "limit"`), {
        create: true,
      });
    expect(await limitOf({})).toEqual({ limit: '3.0 MiB' });
    expect(await limitOf({ tempLimit: '5MiB' })).toEqual({ limit: '5.0 MiB' });
  });
});
