/** Opening a lake, and what may be wrong with one or its disk. */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ingest } from './ingest/ingest.ts';
import { openLake } from './lake.ts';
import { LAKE_SCHEMA, manifestText, publishManifest } from './manifest.ts';
import { contentOf } from './testing/content.ts';
import { HEADER, lines, text } from './testing/records.ts';
import { smallDisk, temporaryFolder, temporaryLake } from './testing/temporary.ts';

describe('openLake', () => {
  it('says how to make a lake where there is none', async () => {
    const dir = join(await temporaryFolder(), 'none');
    await expect(openLake(dir)).rejects.toMatchObject({
      code: 'lake-missing',
      message: `There is no lake at ${dir}. Fill one with "flowfit ingest PATH…", or name another with --lake.`,
    });
    await expect(readdir(dir)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('writes down the schema and the time', async () => {
    const dir = await temporaryFolder();
    const lake = await openLake(dir, { create: true, now: () => new Date('2026-06-01T00:00:00Z') });
    lake.close();
    expect(JSON.parse(await readFile(join(dir, 'lake.json'), 'utf8'))).toMatchObject({
      schema: LAKE_SCHEMA,
      createdAt: '2026-06-01T00:00:00.000Z',
    });
    (await openLake(dir)).close();
  });

  it.each<[string, string, string, RegExp]>([
    [
      'newer',
      `{"schema": ${LAKE_SCHEMA + 1}, "createdAt": "2026-06-01T00:00:00.000Z"}`,
      'lake-newer',
      /has schema 4, written by a newer Flowfit.*Update Flowfit\.$/,
    ],
    ['cut off', '{"schema": 1', 'lake-damaged', /lake\.json is not what a lake has there\. Run "flowfit lake repair"/],
    ['of something else', '[]', 'lake-damaged', /lake\.json is not what a lake has there/],
    ['null', 'null', 'lake-damaged', /lake\.json is not what a lake has there/],
  ])('refuses a lake.json that is %s', async (_, content, code, message) => {
    const dir = await temporaryFolder();
    await writeFile(join(dir, 'lake.json'), content);
    for (const create of [true, false]) {
      await expect(openLake(dir, { create })).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
    }
  });

  it('cannot be made where a file is in the way', async () => {
    const file = join(await temporaryFolder(), 'file');
    await writeFile(file, '');
    await expect(openLake(join(file, 'lake'), { create: true })).rejects.toMatchObject({ code: 'lake-unwritable' });
    await expect(openLake(join(file, 'lake'))).rejects.toMatchObject({ code: 'lake-missing' });
  });
});

describe('a writer', () => {
  const put = async (...all: string[]): Promise<string> => {
    const path = join(await temporaryFolder(), 'a.log');
    await writeFile(path, text(HEADER, ...all));
    return path;
  };

  it('is refused while another one lives', async () => {
    const lake = await temporaryLake();
    await writeFile(join(lake.dir, 'lock'), JSON.stringify({ pid: process.ppid, host: hostname(), since: 'then' }));
    await expect(ingest(lake, [await put(...lines(0, 3))])).rejects.toMatchObject({
      code: 'lake-locked',
      message: expect.stringContaining(`written by process ${process.ppid}`),
    });
    expect((await contentOf(lake)).flows).toEqual([]);
  });

  it('refuses a lake that became newer meanwhile', async () => {
    const lake = await temporaryLake();
    const newer = { ...lake.manifest, schema: LAKE_SCHEMA + 1 };
    await writeFile(lake.paths.meta, JSON.stringify(newer));
    await publishManifest(lake.paths, manifestText(newer));
    await expect(ingest(lake, [await put(...lines(0, 3))])).rejects.toMatchObject({ code: 'lake-newer' });
  });

  it('finishes what a killed one committed', async () => {
    const lake = await temporaryLake();
    await mkdir(join(lake.paths.scratch, 'killed/new/rejects'), { recursive: true });
    await writeFile(join(lake.paths.scratch, 'killed/new/rejects/a.ndjson'), '');
    const moves = [{ from: 'tmp/killed/new/rejects/a.ndjson', to: 'rejects/a.ndjson' }];
    const plan = { moves, manifest: manifestText({ ...lake.manifest, version: 2 }) };
    await writeFile(join(lake.paths.scratch, 'killed/commit.json'), JSON.stringify(plan));
    await lake.write(() => Promise.resolve());
    expect(await readdir(lake.paths.rejects)).toEqual(['a.ndjson']);
    expect(await readdir(lake.paths.scratch)).toEqual([]);
    expect(lake.manifest.version).toBe(2);
  });

  it('says that the disk is full, and goes on when there is room', async ({ skip }) => {
    const disk = await smallDisk(1024);
    if (disk === null) return skip('no disk of its own to be had: mounting one needs root');
    const lake = await openLake(join(disk, 'lake'), { create: true, threads: 1 });
    onTestFinished(() => lake.close());
    const path = await put(...lines(0, 20_000));
    await ingest(lake, [await put(...lines(0, 50))]);
    const before = await contentOf(lake);
    const filler = join(disk, 'filler');
    await writeFile(filler, Buffer.alloc(700 * 1024));
    await expect(ingest(lake, [path])).rejects.toMatchObject({
      code: 'disk-full',
      message: `The disk of ${lake.dir} is full. Nothing of the unfinished batch is in the lake; make room and run the same command again.`,
    });
    expect(await contentOf(lake)).toEqual(before);
    await rm(filler);
    expect((await ingest(lake, [path])).records).toMatchObject({ stored: 19_950, duplicates: 50 });
  });
});

describe('spilling', () => {
  it('has a folder of its own outside the lake, which goes with it; the folder of writers is left alone', async () => {
    const [root, temporary] = [await temporaryFolder(), await temporaryFolder()];
    const [lake, other] = await Promise.all(
      [1, 2].map(() => openLake(join(root, 'lake'), { create: true, spillTo: temporary, memoryLimit: '40MB' })),
    );
    if (!lake || !other) expect.fail();
    const scratch = join(lake.paths.scratch, 'of-a-writer');
    await mkdir(scratch, { recursive: true });
    const spills = await readdir(temporary);
    expect(spills).toHaveLength(2);
    const sql = 'SELECT count(*) AS n FROM (SELECT * FROM range(3000000) AS t(i) ORDER BY hash(i))';
    expect((await lake.db.one<{ n: number }>(sql)).n).toBe(3_000_000);
    lake.close();
    expect(await readdir(temporary)).toHaveLength(1);
    expect(await readdir(lake.paths.scratch)).toEqual(['of-a-writer']);
    other.close();
    expect(await readdir(temporary)).toEqual([]);
  });

  it('says where no folder can be made', async () => {
    const options = { create: true, spillTo: join(await temporaryFolder(), 'missing') };
    await expect(openLake(join(await temporaryFolder(), 'lake'), options)).rejects.toMatchObject({
      code: 'temp-unwritable',
    });
  });
});
