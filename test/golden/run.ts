/**
 * Golden files: what a program makes of an input, kept as a file beside the input and compared on every run.
 *
 *   test/golden/<area>/<case>/input.*      written by a person
 *   test/golden/<area>/<case>/expected.*   written by the first run, read and kept by a person
 *
 * A missing expected file is written, so that a new case needs its input only. On CI it fails instead: there, a file
 * that nobody has read would pass. A result that differs is left beside the expected file, with `-changed` before the
 * extension, to be compared and, where it is right, moved over it.
 */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { expect } from 'vitest';

/** Names of the cases of an area: the folders in it, sorted. Throws when there are none, as that tests nothing. */
export const goldenCases = (area: string): string[] => {
  const cases = readdirSync(area, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
  if (cases.length === 0) throw new Error(`${area} holds no golden case: add a folder with an input file.`);
  return cases;
};

/** What `compareGolden` found. */
export type GoldenOutcome = 'equal' | 'written' | 'missing' | 'changed';

/** Where the `-changed` file of an expected file lies. */
export const changedPathOf = (path: string): string => {
  const extension = extname(path);
  return join(dirname(path), `${basename(path, extension)}-changed${extension}`);
};

/** Compares text with a golden file, writing as described above. `ci` = never write an expected file. */
export const compareGolden = (path: string, actual: string, ci: boolean): GoldenOutcome => {
  const changed = changedPathOf(path);
  if (!existsSync(path)) {
    if (ci) return 'missing';
    writeFileSync(path, actual);
    return 'written';
  }
  if (readFileSync(path, 'utf8') === actual) {
    rmSync(changed, { force: true });
    return 'equal';
  }
  writeFileSync(changed, actual);
  return 'changed';
};

/** Fails the test unless text equals its golden file; a difference is shown in the test's own words. */
export const expectGolden = (path: string, actual: string): void => {
  const ci = (process.env['CI'] ?? '') !== '';
  switch (compareGolden(path, actual, ci)) {
    case 'missing':
      return expect.fail(`${path} is missing. Run the test on your own machine, read what it writes, commit it.`);
    case 'changed':
      expect(actual, `differs from ${path}; the result is in ${changedPathOf(path)}`).toBe(readFileSync(path, 'utf8'));
      return;
    default:
      return;
  }
};

/** JSON as golden files hold it: stable and readable, one trailing line end. */
export const toGoldenJson = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
