/** What a person reads of certificates and keys, as golden files. */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CertifiedFolder, DAYS, linesOfDay } from '../../packages/cli/src/testing/certified.ts';
import { expectCliGolden } from './cli-golden.ts';

let folder: CertifiedFolder;

beforeAll(async () => {
  folder = await CertifiedFolder.make();
  const { code } = await folder.replay('rules.json', '--certificate', 'change.json', '--bundle', 'change.parquet');
  expect(code).toBe(0);
});
afterAll(() => folder.remove());

const expectGolden = (name: string, ...words: string[]) => expectCliGolden(folder.path, name, words);

describe('verify', () => {
  it('a certificate that holds', async () => {
    expect((await expectGolden('verify', 'verify', 'change.json')).code).toBe(0);
  });

  it('by the bundle, as a document', async () => {
    expect(
      (await expectGolden('verify-bundle-json', 'verify', 'change.json', '--bundle', 'change.parquet', '--json')).code,
    ).toBe(0);
  });

  it('a certificate of another day', async () => {
    await folder.makeLake('other', [DAYS[0]!, linesOfDay(2)], 2);
    expect((await expectGolden('verify-fails', 'verify', 'change.json', '--lake', 'other')).code).toBe(3);
  });

  it('a certificate that somebody has improved', async () => {
    // Without a bundle, whose bytes differ from one writing to the next, and with them its digest.
    expect((await folder.replay('rules.json', '--certificate', 'plain.json')).code).toBe(0);
    const text = await readFile(folder.at('plain.json'), 'utf8');
    await folder.write('improved.json', text.replace('"unknown": 0', '"unknown": 9'));
    expect((await expectGolden('verify-changed', 'verify', 'improved.json')).code).toBe(3);
  });

  it('what is no certificate', async () => {
    expect((await expectGolden('verify-not-a-certificate', 'verify', 'rules.json')).code).toBe(1);
    const text = await readFile(folder.at('change.json'), 'utf8');
    await folder.write('newer.json', text.replace('replay/v1', 'replay/v2'));
    expect((await expectGolden('verify-newer', 'verify', 'newer.json')).code).toBe(1);
  });

  it('with a file that is no key', async () => {
    expect((await expectGolden('verify-bad-key', 'verify', 'change.json', '--key', 'rules.json')).code).toBe(1);
  });
});

describe('keygen', () => {
  it('leaves files alone', async () => {
    expect((await expectGolden('keygen-exists', 'keygen', 'rules.json')).code).toBe(1);
  });
});
