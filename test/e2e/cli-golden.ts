/** Golden files of the command: what was typed, what came out of stdout and stderr, and the exit code. */
import { mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type CliResult, type CliSetting, runCli } from '../../packages/cli/src/testing/run-cli.ts';
import { expectGolden } from '../golden/run.ts';

/**
 * Runs the words in a folder whose lake is `lake`, and compares with `test/golden/cli/<name>/expected.txt`. Words that
 * begin with `@` name files of the folder. What differs from run to run is replaced.
 */
export const expectCliGolden = async (
  folder: string,
  name: string,
  words: readonly string[],
  setting: CliSetting = {},
): Promise<CliResult> => {
  const result = await runInFolder(folder, words, setting);
  const { code, stdout, stderr } = result;
  const typed = words.map((word) => (/[\s"'$;]/.test(word) ? `'${word}'` : word).replace(/^@/, '')).join(' ');
  const text = [`$ flowfit ${typed}`, stdout, stderr === '' ? '' : `stderr:\n${stderr}`, `exit ${code}\n`]
    .filter((part) => part !== '')
    .join('\n')
    .replaceAll(`${folder}/`, '')
    .replaceAll(folder, '.')
    .replace(/ in \d[\d.]* s( \([\d,]+ records\/s\))?/g, ' in … s')
    .replace(/"seconds":[\d.]+/g, '"seconds":0')
    .replaceAll(/\d{8}T\d{9}Z-\d+-\d{6}/g, '<batch>')
    // The ledger has the name of the temporary folder in it.
    .replaceAll(/[\d.]+ KiB(?= in \d+ files)|(?<=Copied \d+ files, )[\d.]+ KiB|(?<=sources +\d+ +)\d+ B/g, '…')
    .replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:…')
    .replace(/by process \d+ on \S+ since \S+Z/g, 'by process … on … since …');
  const path = resolve('test/golden/cli', name, 'expected.txt');
  mkdirSync(dirname(path), { recursive: true });
  expectGolden(path, text);
  return result;
};

export const runInFolder = (folder: string, words: readonly string[], setting: CliSetting = {}): Promise<CliResult> => {
  const resolved = words.map((word) => (word.startsWith('@') ? resolve(folder, word.slice(1)) : word));
  return runCli(resolved, { cwd: folder, env: { FLOWFIT_LAKE: 'lake' }, ...setting });
};
