import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkLock, withLock } from './lock.ts';
import { temporaryFolder } from './testing/temporary.ts';

const now = () => new Date('2026-06-01T00:00:00Z');

/** The id of a process that has ended. */
const deadPid = (): number => spawnSync(process.execPath, ['-e', '']).pid;

const lockOf = async (root: string, holder: object | string): Promise<string> => {
  const path = join(root, 'lock');
  await writeFile(path, typeof holder === 'string' ? holder : JSON.stringify(holder));
  return path;
};

describe('withLock', () => {
  it('names its holder while the work lasts, and is gone afterwards', async () => {
    const root = await temporaryFolder();
    const path = join(root, 'lock');
    const held = await withLock(root, now, async () => JSON.parse(await readFile(path, 'utf8')));
    expect(held).toMatchObject({ pid: process.pid, host: hostname(), since: '2026-06-01T00:00:00.000Z' });
    expect(existsSync(path)).toBe(false);
  });

  it('is given back when the work fails', async () => {
    const root = await temporaryFolder();
    await expect(withLock(root, now, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await withLock(root, now, () => Promise.resolve(1))).toBe(1);
  });

  it('refuses a second writer of the same process, and says whom to wait for', async () => {
    const root = await temporaryFolder();
    await withLock(root, now, async () => {
      await expect(withLock(root, now, () => Promise.resolve())).rejects.toMatchObject({
        code: 'lake-locked',
        message:
          `The lake is being written by process ${process.pid} on ${hostname()} since 2026-06-01T00:00:00.000Z. ` +
          `Wait until it is done, or, if there is no such process, delete ${join(root, 'lock')}.`,
      });
    });
  });

  it('lets one of many in at a time', async () => {
    const root = await temporaryFolder();
    let inside = 0;
    const results = await Promise.allSettled(
      Array.from({ length: 20 }, () =>
        withLock(root, now, async () => {
          expect(++inside).toBe(1);
          await new Promise((resolve) => setImmediate(resolve));
          inside--;
        }),
      ),
    );
    expect(results.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThan(0);
    for (const result of results) {
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'lake-locked' });
    }
  });

  it('refuses while another process lives', async () => {
    const root = await temporaryFolder();
    await lockOf(root, { pid: process.ppid, host: hostname(), since: '2026-05-31T00:00:00.000Z' });
    await expect(withLock(root, now, () => Promise.resolve())).rejects.toMatchObject({
      code: 'lake-locked',
      message: expect.stringContaining(`process ${process.ppid} on`),
    });
    expect(existsSync(join(root, 'lock'))).toBe(true);
  });

  it('cannot tell of a process on another host, and leaves its lock alone', async () => {
    const root = await temporaryFolder();
    await lockOf(root, { pid: deadPid(), host: 'elsewhere.example', since: '2026-05-31T00:00:00.000Z' });
    await expect(withLock(root, now, () => Promise.resolve())).rejects.toMatchObject({ code: 'lake-locked' });
  });

  it.each<[string, () => object | string]>([
    ['of a process that has ended', () => ({ pid: deadPid(), host: hostname(), since: '' })],
    ['with our own id, which was used before', () => ({ pid: process.pid, host: hostname(), since: '' })],
    ['that was cut off', () => '{"pid": 1'],
    ['that is empty', () => ''],
  ])('recovers a lock %s', async (_, holder) => {
    const root = await temporaryFolder();
    await lockOf(root, holder());
    expect(await withLock(root, now, () => Promise.resolve(1))).toBe(1);
    expect(existsSync(join(root, 'lock'))).toBe(false);
  });

  it('is held between PID namespaces, where a process id says nothing, and goes with a process that is killed', async () => {
    const root = await temporaryFolder();
    const holder = spawn(process.execPath, ['--import', 'tsx', '-e', holdLock(root)], { stdio: 'pipe' });
    await once(holder.stdout, 'data');
    const text = JSON.parse(await readFile(join(root, 'lock'), 'utf8'));
    // As a container sees it: the same host name, and no such process.
    await lockOf(root, { ...text, pid: deadPid() });
    await expect(withLock(root, now, () => Promise.resolve())).rejects.toMatchObject({ code: 'lake-locked' });
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    expect(await withLock(root, now, () => Promise.resolve(1))).toBe(1);
  });

  it('of another machine is left alone while it is touched, and taken over afterwards', async () => {
    const root = await temporaryFolder();
    const far = { pid: 1, host: 'elsewhere.example', since: '2026-05-31T00:00:00.000Z', owner: 'a', boot: 'b' };
    const path = await lockOf(root, far);
    await expect(withLock(root, now, () => Promise.resolve())).rejects.toMatchObject({ code: 'lake-locked' });
    const silent = new Date(Date.now() - 120_000);
    await utimes(path, silent, silent);
    expect(await withLock(root, now, () => Promise.resolve(1))).toBe(1);
  });

  it('that was lost keeps its former holder from committing', async () => {
    const root = await temporaryFolder();
    await withLock(root, now, async () => {
      await checkLock(root);
      await lockOf(root, { pid: 1, host: 'elsewhere.example', since: '', owner: 'another', boot: null });
      await expect(checkLock(root)).rejects.toMatchObject({ code: 'lake-lock-lost' });
    });
    expect(JSON.parse(await readFile(join(root, 'lock'), 'utf8')).owner).toBe('another');
  });
});

/** A program that takes the lock, says so, and keeps it. */
const holdLock = (root: string): string =>
  `import { withLock } from ${JSON.stringify(join(import.meta.dirname, 'lock.ts'))};
   await withLock(${JSON.stringify(root)}, () => new Date(), async () => {
     console.log('held');
     await new Promise((resolve) => setTimeout(resolve, 60_000));
   });`;
