import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, symlink, utimes, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Database, type DatabaseOptions } from './database.ts';
import { smallDisk, temporaryFolder } from './testing/temporary.ts';

/** Sorts what does not fit into the memory that tests give it. */
const SORT = (rows: number) =>
  `SELECT count(*) AS n FROM (SELECT i, sha256(i::VARCHAR) AS h FROM range(${rows}) AS t(i) ORDER BY h) WHERE h > ''`;
const MEMORY = { memoryLimit: '40MB', threads: 1 };

const open = async (options: DatabaseOptions): Promise<Database> => {
  const db = await Database.open(options);
  onTestFinished(() => db.close());
  return db;
};

const limitOf = async (db: Database): Promise<string> =>
  (await db.one<{ limit: string }>(`SELECT current_setting('max_temp_directory_size') AS "limit"`)).limit;

describe('a query that does not fit into memory', () => {
  it('says what to do when it may not spill any more, and works with a higher limit', async () => {
    const spillTo = await temporaryFolder();
    const db = await open({ ...MEMORY, spillTo, spillLimit: 5_000_000 });
    await expect(db.all(SORT(1_000_000))).rejects.toMatchObject({
      code: 'temp-full',
      message: expect.stringMatching(
        /does not fit into \S+flowfit-spill-\S+ either, which may take 5 MB\. .*--temp or \$FLOWFIT_TEMP.*--temp-limit/,
      ),
    });
    const roomy = await open({ ...MEMORY, spillTo, spillLimit: 1e9 });
    expect(await roomy.one(SORT(1_000_000))).toEqual({ n: 1_000_000 });
  });

  it('says what to do when it cannot be done in pieces', async () => {
    const db = await open({ ...MEMORY, memoryLimit: '20MB', spillTo: await temporaryFolder() });
    await expect(db.run('CREATE TABLE t AS SELECT list(i) FROM range(5000000) AS t(i)')).rejects.toMatchObject({
      code: 'memory-full',
      message: expect.stringContaining('The 20MB of memory'),
    });
  });

  it('leaves half of the disk free, and something whatever it is told', async ({ skip }) => {
    const disk = await smallDisk(8000);
    if (disk === null) return skip('no disk of its own to be had: mounting one needs root');
    expect(await limitOf(await open({ ...MEMORY, spillTo: disk }))).toBe('3.9 MiB');
    expect(await limitOf(await open({ ...MEMORY, spillTo: disk, spillLimit: 1e9 }))).toBe('7.4 MiB');
    expect(await limitOf(await open({ ...MEMORY, spillTo: disk, spillLimit: 1e6 }))).toBe('976.5 KiB');
  });

  it('says what to do when others have filled the disk', async ({ skip }) => {
    const disk = await smallDisk(20_000);
    if (disk === null) return skip('no disk of its own to be had: mounting one needs root');
    const db = await open({ ...MEMORY, spillTo: disk });
    await writeFile(join(disk, 'filler'), Buffer.alloc(19_000 * 1024));
    await expect(db.all(SORT(1_000_000))).rejects.toMatchObject({ code: 'temp-full' });
  });
});

describe('what a process left in the temporary folder', () => {
  const hour = 3600;
  const leftBy = async (parent: string, name: string, owner: object | null, secondsAgo: number): Promise<void> => {
    const folder = join(parent, name);
    await mkdir(folder);
    await writeFile(join(folder, 'duckdb_temp_storage_DEFAULT-0.tmp'), 'rows');
    if (owner !== null) await writeFile(join(folder, 'owner.json'), JSON.stringify(owner));
    const then = Date.now() / 1000 - secondsAgo;
    for (const path of await readdir(folder)) await utimes(join(folder, path), then, then);
    await utimes(folder, then, then);
  };

  /** What the process that runs says of itself. */
  const me = async (): Promise<Record<string, unknown>> => {
    const db = await open({ spillTo: await temporaryFolder() });
    const { path } = await db.one<{ path: string }>(`SELECT current_setting('temp_directory') AS "path"`);
    return JSON.parse(await readFile(join(path, 'owner.json'), 'utf8'));
  };

  it('is removed by the next one when it was killed', async () => {
    const parent = await temporaryFolder();
    const script = `
      import { Database } from ${JSON.stringify(join(import.meta.dirname, 'database.ts'))};
      await Database.open({ spillTo: ${JSON.stringify(parent)} });
      console.log('open');
      setInterval(() => undefined, 1000);`;
    const child = spawn(
      process.execPath,
      ['--import', import.meta.resolve('tsx'), '--input-type=module', '-e', script],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    await once(child.stdout, 'data');
    const [living] = await readdir(parent);
    const other = await open({ spillTo: parent });
    expect(await readdir(parent)).toHaveLength(2);
    child.kill('SIGKILL');
    await once(child, 'close');
    const next = await open({ spillTo: parent });
    expect(await readdir(parent)).not.toContain(living);
    expect(await readdir(parent)).toHaveLength(2);
    for (const db of [other, next]) expect(await db.one('SELECT 1 AS n')).toEqual({ n: 1 });
  });

  it('stays while its process may live: one that cannot be seen is given days', async () => {
    const parent = await temporaryFolder();
    const owner = await me();
    // The number of this process, given again: that of the left-over started at another time.
    await leftBy(parent, 'flowfit-spill-reused', { ...owner, started: '1' }, 0);
    await leftBy(parent, 'flowfit-spill-living', owner, 30 * 24 * hour);
    await leftBy(parent, 'flowfit-spill-container', { ...owner, pid: 1, namespace: 'pid:[1]' }, hour);
    await leftBy(parent, 'flowfit-spill-machine', { ...owner, boot: 'another' }, 24 * hour);
    await leftBy(parent, 'flowfit-spill-machine-gone', { ...owner, boot: 'another' }, 4 * 24 * hour);
    await leftBy(parent, 'flowfit-spill-unsaid', null, hour);
    await leftBy(parent, 'flowfit-spill-unsaid-gone', null, 4 * 24 * hour);
    await leftBy(parent, 'flowfit-of-others', null, 30 * 24 * hour);
    await leftBy(parent, 'flowfit-spill-of-a-person', null, 30 * 24 * hour);
    await writeFile(join(parent, 'flowfit-spill-of-a-person/letter.txt'), 'Dear …');
    const elsewhere = await temporaryFolder();
    await leftBy(elsewhere, 'target', null, 30 * 24 * hour);
    await symlink(join(elsewhere, 'target'), join(parent, 'flowfit-spill-link'));
    const db = await open({ spillTo: parent });
    const own = await db.one<{ path: string }>(`SELECT current_setting('temp_directory') AS "path"`);
    expect(dirname(own.path)).toBe(parent);
    expect((await readdir(parent)).filter((name) => name !== basename(own.path)).sort()).toEqual([
      'flowfit-of-others',
      'flowfit-spill-container',
      'flowfit-spill-link',
      'flowfit-spill-living',
      'flowfit-spill-machine',
      'flowfit-spill-of-a-person',
      'flowfit-spill-unsaid',
    ]);
  });
});
