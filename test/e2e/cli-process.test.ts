/** What only a real process shows: the exit code, a reader of stdout who leaves, Ctrl-C. Few, as each start takes time. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'flowfit-process-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The command from its source: what is built may be older. */
const COMMAND = ['--import', import.meta.resolve('tsx'), resolve('packages/cli/src/main.ts')];

const flowfit = (...words: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...COMMAND, ...words], { encoding: 'utf8' });
  return { status, stdout, stderr };
};

describe('the process', () => {
  it('ends with the exit code, errors on stderr alone', () => {
    const { status, stdout, stderr } = flowfit('flows', '--lake', join(folder, 'none'));
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^error\[lake-missing\]: .*\n$/);
  });

  it('lets no control character of a name reach the terminal', () => {
    const { status, stderr } = flowfit(
      'ingest',
      join(folder, 'a\u001b]0;title\u0007.log'),
      '--lake',
      join(folder, 'none'),
    );
    expect([status, stderr]).toEqual([1, expect.stringContaining('a\\u001b]0;title\\u0007.log')]);
    expect(stderr).not.toMatch(/(?!\n)\p{Cc}/u);
  });

  it('is quiet when the reader of stdout has seen enough', () => {
    const command = [process.execPath, ...COMMAND].map((word) => `'${word}'`).join(' ');
    const script = `set -o pipefail; ${command} generate --rate 0 --days 1 | head -n 2`;
    const { status, stdout, stderr } = spawnSync('bash', ['-c', script], { encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout.trim().split('\n')).toHaveLength(2);
  });

  it('keeps the lake whole on Ctrl-C, and goes on from there', { timeout: 120_000 }, async () => {
    const account = join(folder, 'account');
    const lake = join(folder, 'lake');
    const made = flowfit('generate', '--out', account, '--records', '60k', '--json');
    expect(made.status, made.stderr).toBe(0);
    const { totals } = JSON.parse(made.stdout);

    const words = ['ingest', join(account, 'logs'), '--lake', lake, '--json'];
    const stopped = spawn(process.execPath, [...COMMAND, ...words], { stdio: 'ignore' });
    // The ingest has begun; whether it is still running when the signal comes is chance.
    while (!existsSync(join(lake, 'lock')) && stopped.exitCode === null) await setTimeout(5);
    stopped.kill('SIGINT');
    const [code] = await once(stopped, 'close');
    expect([0, 130]).toContain(code);
    expect(existsSync(join(lake, 'lock'))).toBe(false);

    const rest = flowfit(...words);
    expect(rest.status, rest.stderr).toBe(0);
    const top = flowfit('top', 'log-status', '--lake', lake, '--json');
    expect(JSON.parse(top.stdout).rows).toMatchObject([{ value: 'OK', flows: totals.stored }]);
  });
});
