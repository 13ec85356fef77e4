/**
 * The published package in an empty folder: packed, installed as a user would, run. Its dependencies come from npm's
 * cache where it has them; where neither cache nor registry gives them, the test is skipped in sight.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const PACKAGE = resolve('packages/cli');
const manifest = JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8')) as { version: string };
const isBuilt = existsSync('packages/cli/src/main.ts');

/** What npm says when it finds neither its registry nor what it needs in its cache. */
const OFFLINE = /ENOTCACHED|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH/;

/** @returns the error where the registry cannot be reached, else nothing */
const install = (tarball: string, folder: string): string => {
  const flags = ['--prefer-offline', '--fetch-retries=1', '--no-audit', '--no-fund'];
  const { status, stderr } = spawnSync('npm', ['install', ...flags, tarball], { cwd: folder, encoding: 'utf8' });
  if (status === 0) return '';
  if (OFFLINE.test(stderr)) return stderr;
  throw new Error(`npm install of the package failed:\n${stderr}`);
};

const RECORDS = [
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status',
  '2 111122223333 eni-0123456789abcdef0 203.0.113.7 10.0.1.5 49152 443 6 10 840 1780272000 1780272060 ACCEPT OK',
  '2 111122223333 eni-0123456789abcdef0 10.0.1.5 203.0.113.7 443 49152 6 12 9000 1780272000 1780272060 ACCEPT OK',
  '2 111122223333 eni-0123456789abcdef0 - - - - - - - 1780272060 1780272120 - NODATA',
];

describe.skipIf(!isBuilt)('the packed package', () => {
  const folder = mkdtempSync(join(tmpdir(), 'flowfit-package-'));
  const home = join(folder, 'empty');
  let contents: string[] = [];
  let unreachable = '';

  const npx = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync('npx', ['--no-install', 'flowfit', ...args], {
      cwd: home,
      encoding: 'utf8',
    });
    return { status, stdout, stderr };
  };

  beforeAll(() => {
    mkdirSync(home);
    // Without scripts: the checks have built already, and a build meanwhile would pull the files from under other tests.
    const packed = execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
      cwd: PACKAGE,
      encoding: 'utf8',
    });
    const [{ filename, files }] = JSON.parse(packed) as [{ filename: string; files: { path: string }[] }];
    contents = files.map(({ path }) => path);
    unreachable = install(join(folder, filename), home);
  }, 300_000);

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('holds the command, the licences and nothing of the workspace', () => {
    const expected = ['bin/flowfit.mjs', 'dist/main.mjs', 'dist/THIRD-PARTY-LICENCES.txt', 'LICENSE', 'NOTICE'];
    expect(contents).toEqual(expect.arrayContaining([...expected, 'package.json']));
    expect(contents.filter((path) => !/^(bin|dist)\/|^(LICENSE|NOTICE|README\.md|package\.json)$/.test(path))).toEqual(
      [],
    );
  });

  it('says its version', (context) => {
    context.skip(unreachable !== '', `no registry: ${unreachable}`);
    expect(existsSync(join(home, 'node_modules/@flowfit'))).toBe(false);
    expect(npx('--version')).toMatchObject({ status: 0, stdout: `${manifest.version}\n` });
  });

  it('ingests a log', (context) => {
    context.skip(unreachable !== '', `no registry: ${unreachable}`);
    writeFileSync(join(home, 'flow.log'), `${RECORDS.join('\n')}\n`);
    const { status, stdout, stderr } = npx('ingest', 'flow.log', '--json');
    expect(status, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ records: { read: 3, stored: 2, noData: 1, rejected: {} } });
  });
});
