import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readCaptures, timeOfName } from './captures.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'flowfit-captures-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const put = (path: string, modified = '2026-06-09T10:00:00Z'): void => {
  const full = join(folder, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, '{}');
  utimesSync(full, new Date(modified), new Date(modified));
};

const shapeOf = async (...arguments_: Parameters<typeof readCaptures>) =>
  (await readCaptures(...arguments_)).map(({ capturedAt, files }) => [
    capturedAt,
    files.map(({ source }) => source.slice(folder.length + 1)),
  ]);

describe('readCaptures', () => {
  it('takes everything below a path as one capture, as old as its newest file', async () => {
    put('eu-west-1/groups.json', '2026-06-09T10:00:00Z');
    put('us-east-1/groups.json', '2026-06-09T11:00:00Z');
    put('.hidden/groups.json', '2026-06-10T11:00:00Z');
    expect(await shapeOf([folder])).toEqual([
      ['2026-06-09T11:00:00.000Z', ['eu-west-1/groups.json', 'us-east-1/groups.json']],
    ]);
  });

  it('takes folders named after a time as captures of that time', async () => {
    put('2026-06-02/production/groups.json');
    put('20260601T083000Z/groups.json');
    expect(await shapeOf([folder])).toEqual([
      ['2026-06-01T08:30:00.000Z', ['20260601T083000Z/groups.json']],
      ['2026-06-02T00:00:00.000Z', ['2026-06-02/production/groups.json']],
    ]);
    expect(await shapeOf([join(folder, '2026-06-02')])).toEqual([
      ['2026-06-02T00:00:00.000Z', ['2026-06-02/production/groups.json']],
    ]);
  });

  it('takes all files as one capture of the time given', async () => {
    put('2026-06-02/groups.json');
    put('lists.json');
    const seconds = Date.parse('2026-06-05T00:00:00Z') / 1000;
    expect(await shapeOf([folder], seconds)).toEqual([
      ['2026-06-05T00:00:00.000Z', ['2026-06-02/groups.json', 'lists.json']],
    ]);
  });

  it('names the path that is missing, and the folder that is empty', async () => {
    const missing = join(folder, 'nowhere');
    await expect(readCaptures([missing])).rejects.toMatchObject({
      code: 'inventory-missing',
      message: `${missing}: there is no such file or folder.`,
    });
    await expect(readCaptures([folder])).rejects.toMatchObject({
      code: 'inventory-missing',
      message: `${folder}: there are no files.`,
    });
  });
});

describe('timeOfName', () => {
  it.each([
    ['2026-06-01', '2026-06-01T00:00:00Z'],
    ['20260601', '2026-06-01T00:00:00Z'],
    ['/x/2026-06-01T0830Z', '2026-06-01T08:30:00Z'],
    ['2026-06-01T08-30-15Z', '2026-06-01T08:30:15Z'],
    ['2026-06-01T08:30:15Z', '2026-06-01T08:30:15Z'],
  ])('%s', (name, iso) => expect(timeOfName(name)).toBe(Date.parse(iso) / 1000));

  it.each(['2026-06-31', 'groups', '2026', '111122223333', '2026-06-01.json', '2026-06-01T25'])(
    '%s is none',
    (name) => {
      expect(timeOfName(name)).toBeNull();
    },
  );
});
