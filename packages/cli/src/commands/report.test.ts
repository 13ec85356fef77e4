import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../testing/run-cli.ts';

let cwd: string;
let rules: { readonly ruleId: string }[];

const cli = (...words: string[]) => runCli(words, { cwd });

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'flowfit-report-'));
  await cli('generate', '--out', 'account', '--days', '0.25', '--records', '3000', '--interval', '600');
  await cli('ingest', join(cwd, 'account/logs'), '--inventory', join(cwd, 'account/inventory'));
  rules = JSON.parse((await cli('rules', '--json')).stdout).rules;
});

afterAll(async () => {
  await rm(cwd, { recursive: true, force: true });
});

describe('flowfit report', () => {
  it('is HTML unless told otherwise, and goes to stdout', async () => {
    const { code, stdout } = await cli('report');
    expect(code).toBe(0);
    expect(stdout.startsWith('<!doctype html>')).toBe(true);
    expect(stdout).toContain(`Rules (${rules.length})`);
  });

  it('goes to a file that is named', async () => {
    const { code, stdout, stderr } = await cli('report', '--csv', '--output', 'rules.csv');
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '', stderr: 'Wrote rules.csv.\n' });
    const lines = (await readFile(join(cwd, 'rules.csv'), 'utf8')).trimEnd().split('\r\n');
    expect(lines.slice(1).map((line) => line.split(',')[0])).toEqual(rules.map(({ ruleId }) => ruleId));
  });

  it('is of one format at a time', async () => {
    const { code, stderr } = await cli('report', '--csv', '--html');
    expect(code).toBe(2);
    expect(stderr).toContain("option '--html' cannot be used with option '--csv'");
  });

  it('says where it cannot be written', async () => {
    const { code, stderr } = await cli('report', '--output', 'no/such/folder/report.html');
    expect(code).toBe(1);
    expect(stderr).toContain('error[output-unwritable]');
    expect(stderr).toContain('--output');
  });
});
