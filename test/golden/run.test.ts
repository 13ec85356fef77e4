import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { changedPathOf, compareGolden, expectGolden, goldenCases, toGoldenJson } from './run.ts';

let folder = '';
let path = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'golden-'));
  path = join(folder, 'expected.json');
});

afterEach(() => rmSync(folder, { recursive: true }));

describe('compareGolden', () => {
  it('writes what is missing, and finds it equal from then on', () => {
    expect(compareGolden(path, 'a\n', false)).toBe('written');
    expect(readFileSync(path, 'utf8')).toBe('a\n');
    expect(compareGolden(path, 'a\n', true)).toBe('equal');
  });

  it('writes nothing that is missing on CI', () => {
    expect(compareGolden(path, 'a\n', true)).toBe('missing');
    expect(existsSync(path)).toBe(false);
  });

  it('leaves a difference beside the file, until it is gone', () => {
    writeFileSync(path, 'a\n');
    expect(compareGolden(path, 'b\n', false)).toBe('changed');
    expect(readFileSync(path, 'utf8')).toBe('a\n');
    expect(readFileSync(changedPathOf(path), 'utf8')).toBe('b\n');
    expect(compareGolden(path, 'a\n', false)).toBe('equal');
    expect(existsSync(changedPathOf(path))).toBe(false);
  });
});

it('the changed file keeps the extension', () => {
  expect(changedPathOf('/golden/flow/v2/expected.json')).toBe('/golden/flow/v2/expected-changed.json');
});

describe('expectGolden', () => {
  it('fails on a difference and says where both are', () => {
    writeFileSync(path, 'a\n');
    expect(() => expectGolden(path, 'b\n')).toThrow(changedPathOf(path));
  });

  it('fails on CI when the file is missing', () => {
    vi.stubEnv('CI', 'true');
    expect(() => expectGolden(path, 'a\n')).toThrow('is missing');
  });

  it('passes when equal', () => {
    writeFileSync(path, toGoldenJson({ a: 1 }));
    expect(() => expectGolden(path, '{\n  "a": 1\n}\n')).not.toThrow();
  });
});

describe('goldenCases', () => {
  it('are the folders, sorted', () => {
    for (const name of ['b', 'a']) mkdirSync(join(folder, name));
    writeFileSync(join(folder, 'notes.txt'), '');
    expect(goldenCases(folder)).toEqual(['a', 'b']);
  });

  it('are never none', () => {
    expect(() => goldenCases(folder)).toThrow('holds no golden case');
  });
});
