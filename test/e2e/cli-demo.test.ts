/** The demo and the web app as a newcomer meets them. The commands run inside this process. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CliResult, runCli } from '../../packages/cli/src/testing/run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'flowfit-demo-'));
const lake = join(folder, 'flowfit-lake-demo');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('flowfit demo', () => {
  let first: CliResult;

  beforeAll(async () => {
    first = await runCli(['demo'], { cwd: folder });
  });

  it('makes the sample once, and shows what is in it', async () => {
    expect(first.code, first.stderr).toBe(0);
    expect(first.stderr).toMatch(/Simulating an AWS account .*\nRead [\d,]+ records/);
    expect(existsSync(join(lake, 'sample/account.json'))).toBe(true);
    const again = await runCli(['demo', '--no-serve'], { cwd: folder });
    expect([again.code, again.stderr]).toEqual([0, '']);
    expect(again.stdout).toBe(first.stdout);
  });

  it('says where the geography comes from, and what to type next', () => {
    expect(first.stdout).toMatch(/(IP Geolocation by DB-IP|Country data by IPtoASN) \(https:\/\/\S+\), built \d{4}-/);
    expect(first.stdout).toContain('export FLOWFIT_LAKE=flowfit-lake-demo');
    expect(first.stdout).toContain('npx flowfit recommend');
    expect(first.stdout).toContain('npx flowfit ingest ./logs --inventory ./inventory');
  });

  it('counts what the simulation wrote', async () => {
    const { totals } = JSON.parse(readFileSync(join(lake, 'sample/account.json'), 'utf8'));
    const { stdout } = await runCli(['demo', '--json'], { cwd: folder });
    const { overview, summary } = JSON.parse(stdout);
    const { stored, noData, skipData } = totals;
    expect(overview.records).toEqual({ stored, noData, skipData, duplicates: 0, rejected: {} });
    expect(summary).toMatchObject({ flows: stored, accepted: totals.accepted, rejected: totals.rejected });
  });

  it("leaves a lake of one's own alone", async () => {
    const log = join(folder, 'flow.log');
    writeFileSync(
      log,
      '2 111122223333 eni-1 203.0.113.7 10.0.1.5 49152 443 6 10 840 1780272000 1780272060 ACCEPT OK\n',
    );
    const own = join(folder, 'own');
    expect((await runCli(['ingest', log, '--lake', own])).code).toBe(0);
    const { code, stderr } = await runCli(['demo'], { cwd: folder, env: { FLOWFIT_LAKE: own } });
    expect(code).toBe(1);
    expect(stderr).toBe(
      'error[demo-lake-taken]: The lake own holds logs of your own; the demo does not mix with them.\n' +
        '  Name another folder: flowfit demo --lake ./flowfit-lake-demo\n',
    );
  });

  it('serves the web app from its lake until Ctrl-C', async () => {
    const interrupt = new AbortController();
    const settled: { ended?: Promise<CliResult> } = {};
    const url = await new Promise<string>((opened, failed) => {
      settled.ended = runCli(['serve', '--lake', lake, '--port', '0', '--json'], {
        interrupt: interrupt.signal,
        onStdout: (text) => opened(JSON.parse(text).url),
      });
      settled.ended.then(({ stderr }) => failed(new Error(stderr)), failed);
    });
    const answer = await fetch(new URL('/api/openapi.json', url));
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ openapi: expect.stringMatching(/^3\./) });
    interrupt.abort();
    expect(await settled.ended).toMatchObject({ code: 0, stderr: '' });
  });

  it('logs requests to a file on request, without the token', async () => {
    const [interrupt, log, token] = [new AbortController(), join(folder, 'serve.log'), 'correct-horse-battery'];
    const settled: { ended?: Promise<CliResult> } = {};
    const words = ['serve', '--lake', lake, '--port', '0', '--json', '--log', log, '--log-level', 'info'];
    const url = await new Promise<string>((opened, failed) => {
      settled.ended = runCli(words, {
        env: { FLOWFIT_TOKEN: token },
        interrupt: interrupt.signal,
        onStdout: (text) => opened(JSON.parse(text).url),
      });
      settled.ended.then(({ stderr }) => failed(new Error(stderr)), failed);
    });
    expect(url).toContain(token);
    await fetch(url, { redirect: 'manual' });
    interrupt.abort();
    expect(await settled.ended).toMatchObject({ code: 0, stderr: '' });
    const text = readFileSync(log, 'utf8');
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.some(({ req }) => req?.url === '/?token=…')).toBe(true);
    expect(text).not.toContain(token);
  });

  it('says where a log cannot be written', async () => {
    const { code, stderr } = await runCli([
      'serve',
      '--lake',
      lake,
      '--port',
      '0',
      '--log',
      join(folder, 'none/a.log'),
    ]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error\[log-unwritable\]: .*\(ENOENT\)/);
  });

  it('does not open the lake to others without a token', async () => {
    const { code, stderr } = await runCli(['serve', '--lake', lake, '--host', '0.0.0.0', '--port', '0']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error\[token-needed\]: /);
  });
});
