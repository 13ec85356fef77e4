/** Where flow logs lie and what they come in: Parquet as AWS writes it, trees of folders, names of all kinds. */
import { execFileSync } from 'node:child_process';
import { chmod, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { type Lake, openLake } from '../lake.ts';
import { contentOf, rowsOf } from '../testing/content.ts';
import { HEADER, line, text } from '../testing/records.ts';
import { temporaryFolder, temporaryLake } from '../testing/temporary.ts';
import { type IngestReport, ingest } from './ingest.ts';

const put = async (folder: string, path: string, content: string | Uint8Array): Promise<string> => {
  const file = join(folder, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, content);
  return file;
};

/** A program that ingests what it is told into a lake and prints the report. */
const bundleChild = async (folder: string): Promise<string> => {
  const outfile = join(folder, 'child.mjs');
  const contents = `
    import { ingest } from './ingest.ts';
    import { openLake } from '../lake.ts';
    const lake = await openLake(process.argv[2], { create: true, threads: 1 });
    process.stdout.write(JSON.stringify(await ingest(lake, [process.argv[3]])));
    lake.close();`;
  await build({
    stdin: { contents, resolveDir: import.meta.dirname, loader: 'ts' },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    external: ['@duckdb/*', 'tinyglobby'],
    logLevel: 'error',
  });
  await symlink(join(import.meta.dirname, '../../../../node_modules'), join(folder, 'node_modules'));
  return outfile;
};

/** Writes the rows of a query as Parquet. */
const putParquet = async (lake: Lake, folder: string, path: string, query: string): Promise<string> => {
  const file = join(folder, path);
  await mkdir(dirname(file), { recursive: true });
  await lake.db.run(`COPY (${query}) TO '${file}' (FORMAT parquet)`);
  return file;
};

/** The n-th record of `line` as AWS types it in Parquet. */
const row = (n: number, more = ''): string => {
  const values = line(n).split(' ');
  const types = [
    'INTEGER',
    'VARCHAR',
    'VARCHAR',
    'VARCHAR',
    'VARCHAR',
    'INTEGER',
    'INTEGER',
    'INTEGER',
    'BIGINT',
    'BIGINT',
    'BIGINT',
    'BIGINT',
    'VARCHAR',
    'VARCHAR',
  ];
  const columns = HEADER.replaceAll('-', '_').split(' ');
  return `SELECT ${columns.map((name, index) => `'${values[index]}'::${types[index]} AS "${name}"`).join(', ')}${more}`;
};

describe('Parquet', () => {
  it('gives what the same lines give', async () => {
    const folder = await temporaryFolder();
    const [lake, other] = [await temporaryLake(), await temporaryLake()];
    const noData = `SELECT 2, '111122223333', 'eni-1', '-', '-', NULL, NULL, NULL, NULL, NULL, 1767225600, 1767225659, '-', 'NODATA'`;
    const parquet = await putParquet(lake, folder, 'a.parquet', `${row(1)} UNION ALL ${row(2)} UNION ALL ${noData}`);
    const report = await ingest(lake, [parquet]);
    expect(report.records).toMatchObject({ read: 3, stored: 2, noData: 1, rejected: {} });
    await ingest(other, [
      await put(
        folder,
        'a.log',
        text(HEADER, line(1), line(2), '2 111122223333 eni-1 - - - - - - - 1767225600 1767225659 - NODATA'),
      ),
    ]);
    expect(await contentOf(lake)).toEqual(await contentOf(other));
    expect((await ingest(lake, [join(folder, 'a.log')])).records).toMatchObject({
      stored: 0,
      noData: 0,
      duplicates: 3,
    });
  });

  it('is judged value by value as text is', async () => {
    const folder = await temporaryFolder();
    const lake = await temporaryLake();
    const rows = [
      `SELECT '10.0.0.300' AS srcaddr, 443 AS dstport, 5::BIGINT AS bytes, 'a' AS instance_tag, 'b c' AS vpc_id`,
      `SELECT '2001:DB8::0001', 443, 5, 'a%20b', NULL`,
      `SELECT '10.0.0.1', 70000, 5, 'a', ''`,
      `SELECT '10.0.0.1', -1, 5, 'a', '-'`,
      `SELECT '10.0.0.1', 443, 9007199254740992, 'a', 'x'`,
      `SELECT '10.0.0.1', 443, 9007199254740991, 'a%0Ab', 'tab\tbed'`,
    ];
    const { records } = await ingest(lake, [await putParquet(lake, folder, 'a', rows.join(' UNION ALL '))]);
    expect(records).toMatchObject({ read: 6, stored: 2, rejected: { 'bad-address': 1, 'bad-number': 3 } });
    const stored = (await rowsOf(lake, 'flows')).map((one) => JSON.parse(one));
    expect(
      stored.map(({ srcaddr, bytes, instance_tag, vpc_id }) => [srcaddr, bytes, instance_tag, vpc_id]).sort(),
    ).toEqual([
      ['10.0.0.1', 9_007_199_254_740_991, 'a\nb', 'tab\tbed'],
      ['2001:db8::1', 5, 'a b', null],
    ]);
  });

  it('may have other types than AWS gives, as long as the values are right', async () => {
    const folder = await temporaryFolder();
    const lake = await temporaryLake();
    const rows = [
      `SELECT '443' AS dstport, 111122223333 AS account_id, '10.0.0.1' AS srcaddr, 5::DECIMAL(18, 0) AS packets, 17::UTINYINT AS protocol`,
      `SELECT '0x1F', 1, '10.0.0.2', 5, 17`,
      `SELECT '', NULL, '', NULL, NULL`,
    ];
    const { records } = await ingest(lake, [await putParquet(lake, folder, 'a', rows.join(' UNION ALL '))]);
    expect(records).toMatchObject({ read: 3, stored: 1, noData: 1, rejected: { 'bad-number': 1 } });
    const [stored] = (await rowsOf(lake, 'flows')).map((one) => JSON.parse(one));
    expect(stored).toMatchObject({ dstport: 443, account_id: '111122223333', packets: 5, protocol: 17 });
  });

  it('keeps columns that are no field, and none of the folders', async () => {
    const folder = await temporaryFolder();
    const lake = await temporaryLake();
    const path = 'aws-region=eu-west-1/year=2026/region=elsewhere/a.parquet';
    await ingest(lake, [await putParquet(lake, folder, path, row(1, `, 'x' AS "Team"`))]);
    const [stored] = (await rowsOf(lake, 'flows')).map((one) => JSON.parse(one));
    expect(stored).toMatchObject({ other_fields: { Team: 'x' }, region: null });
  });

  it.each([
    ['of another kind', `SELECT 1 AS id, 'x' AS name`, 'not-a-flow-log', /none of its columns \(id, name\) is a field/],
    ['of a transit gateway', `SELECT 6 AS version, 'tgw-1' AS tgw_id`, 'transit-gateway', /transit gateway flow log/],
    [
      'with a field twice',
      `SELECT '10.0.0.1' AS srcaddr, 1 AS "tcp-flags", 2 AS tcp_flags`,
      'duplicate-field',
      /two columns for tcp-flags/,
    ],
  ])('%s is named', async (_, query, code, message) => {
    const folder = await temporaryFolder();
    const lake = await temporaryLake();
    const { objects, records } = await ingest(lake, [await putParquet(lake, folder, 'a', query)]);
    expect(records.read).toBe(0);
    expect(objects.failed).toMatchObject([{ code, message: expect.stringMatching(message) }]);
  });
});

describe('many objects', () => {
  it('of Parquet are read together, and only the bad ones fail', async () => {
    const folder = await temporaryFolder();
    const [lake, other] = [await temporaryLake(), await temporaryLake()];
    await mkdir(join(folder, 'a'));
    for (let n = 0; n < 20; n++) await putParquet(lake, folder, `a/[${n}].parquet`, row(n));
    await putParquet(lake, folder, 'a/tagged.parquet', `${row(20)} UNION ALL ${row(21)}`);
    await putParquet(lake, folder, 'a/odd.parquet', row(22).replace("'10.0.0.1'", "'2001:DB8::1'"));
    await putParquet(lake, folder, 'a/other.parquet', `SELECT 1 AS id`);
    const whole = await readFile(join(folder, 'a/tagged.parquet'));
    const header = Buffer.from(whole);
    header.fill(0xff, 4, 40);
    await writeFile(join(folder, 'a/pages.parquet'), header);
    await writeFile(join(folder, 'a/cut.parquet'), whole.subarray(0, whole.length >> 1));
    const report = await ingest(lake, [join(folder, 'a')]);
    expect(report.objects.failed.map(({ source, code }) => [source.slice(folder.length), code]).sort()).toEqual([
      ['/a/cut.parquet', 'parquet-damaged'],
      ['/a/other.parquet', 'not-a-flow-log'],
      ['/a/pages.parquet', 'parquet-damaged'],
    ]);
    const texts = Array.from({ length: 23 }, (_, n) => line(n));
    texts[22] = line(22).replace('10.0.0.1', '2001:DB8::1');
    await ingest(other, [await put(folder, 'b.log', text(HEADER, ...texts))]);
    expect(report.records).toMatchObject({ read: 23, stored: 23, rejected: {} });
    expect(await contentOf(lake)).toEqual(await contentOf(other));
  });

  it('of Windows give what those with line feeds give, blank lines and mixed ones too', async () => {
    const folder = await temporaryFolder();
    const [lake, other] = [await temporaryLake(), await temporaryLake()];
    const contents = [text(HEADER, line(1), '', line(2)), text(line(3), line(4)), `${HEADER}\n${line(5)}`];
    for (const [n, content] of contents.entries()) {
      await put(folder, `lf/${n}.log`, content);
      await put(folder, `crlf/${n}.log`, content.replaceAll('\n', '\r\n'));
      await put(folder, `crlf/${n}.log.gz`, gzipSync(text(line(100 + n)).replaceAll('\n', '\r\n')));
      await put(folder, `lf/${n}.log.gz`, gzipSync(text(line(100 + n))));
    }
    await put(folder, 'crlf/mixed.log', `${HEADER}\r\n${line(6)}\n${line(7)}\r\nrubbish\r\n`);
    await put(folder, 'lf/mixed.log', text(HEADER, line(6), line(7), 'rubbish'));
    const report = await ingest(lake, [join(folder, 'crlf')]);
    const expected = await ingest(other, [join(folder, 'lf')]);
    expect(report.records).toEqual(expected.records);
    expect(report.records).toMatchObject({ stored: 10, rejected: { 'field-count': 1 } });
    expect(await contentOf(lake)).toEqual(await contentOf(other));
  });

  it('of one batch become one file, whatever they came in', async () => {
    const folder = await temporaryFolder();
    const lake = await temporaryLake();
    for (let n = 0; n < 40; n++) {
      await putParquet(lake, folder, `in/${n}.parquet`, row(n));
      await put(folder, `in/${n}.log`, text(HEADER, line(100 + n)).replaceAll('\n', '\r\n'));
      await put(folder, `in/${n}.json`, text(JSON.stringify({ message: line(200 + n) })));
    }
    const { records } = await ingest(lake, [join(folder, 'in')]);
    expect(records).toMatchObject({ read: 120, stored: 120 });
    expect(lake.manifest.files.filter(({ path }) => path.startsWith('flows/'))).toHaveLength(1);
  });
});

describe('folders and names', () => {
  it('reads trees as AWS lays them out, hidden files left out', async () => {
    const folder = await temporaryFolder();
    const plain = 'AWSLogs/111122223333/vpcflowlogs/eu-west-1/2026/01/01/a.log.gz';
    const hive =
      'AWSLogs/aws-account-id=111122223333/aws-service=vpcflowlogs/aws-region=eu-west-1/year=2026/month=01/day=01/b.log';
    await put(folder, plain, gzipSync(text(HEADER, line(1))));
    await put(folder, hive, text(HEADER, line(2)));
    await put(folder, '.cache/c.log', 'no flow log');
    const lake = await temporaryLake();
    const { records, objects } = await ingest(lake, [folder]);
    expect(objects).toEqual({ read: 2, alreadyIngested: 0, failed: [] });
    expect(records).toMatchObject({ read: 2, stored: 2 });
    expect(JSON.parse((await rowsOf(lake, 'flows'))[0]!)).toMatchObject({ region: null, other_fields: null });
  });

  const NAMES = [
    'a b.log',
    "it's.log",
    '"q".log',
    '[x]/y.log',
    '{a,b}.log',
    'c*d.log',
    'e?.log',
    's3:f.log',
    '(g)/!h.log',
    '#i.log',
    'ü 日.log',
    'two\nlines.log',
    'back\\slash.log',
    'a\n/b\\c/d\r.log',
    '-dash.log',
    '\uf70a private.log',
  ];

  it('takes any name, in a folder', async () => {
    const folder = await temporaryFolder();
    for (const [n, name] of NAMES.entries()) await put(folder, `${name}`, text(HEADER, line(n)));
    const { records, objects } = await ingest(await temporaryLake(), [folder]);
    expect(objects.failed).toEqual([]);
    expect(records).toMatchObject({ read: NAMES.length, stored: NAMES.length });
  });

  it('takes any name that is given, also where it looks like a pattern', async () => {
    const folder = await temporaryFolder();
    for (const [n, name] of NAMES.entries()) await put(folder, name, text(HEADER, line(n)));
    // Were it a pattern, it would match this one too.
    await put(folder, 'cxd.log', text(HEADER, line(99)));
    const { records } = await ingest(
      await temporaryLake(),
      NAMES.map((name) => join(folder, name)),
    );
    expect(records).toMatchObject({ read: NAMES.length, stored: NAMES.length });
  });

  it('takes names that are no text', async () => {
    const folder = await temporaryFolder();
    const name = (first: string) => Buffer.concat([Buffer.from(`${folder}/${first}`), Buffer.of(0xff, 0x80)]);
    await mkdir(name('folder'));
    await writeFile(Buffer.concat([name('folder'), Buffer.from('/a.log')]), text(HEADER, line(1)));
    await writeFile(name('b'), text(HEADER, line(2)));
    for (const input of [folder, join(folder, '**')]) {
      const lake = await temporaryLake();
      const { records, objects } = await ingest(lake, [input]);
      expect(objects).toMatchObject({ read: 2, failed: [] });
      expect(records.stored).toBe(2);
    }
  });

  it('follows links, but not in a circle, and names those that lead nowhere', async () => {
    const folder = await temporaryFolder();
    await put(folder, 'elsewhere/data/a.log', text(HEADER, line(1)));
    await put(folder, 'elsewhere/data-more/b.log', text(HEADER, line(2)));
    await mkdir(join(folder, 'in'));
    await symlink('../elsewhere/data', join(folder, 'in/data'));
    await symlink('../data-more', join(folder, 'elsewhere/data/more'));
    await symlink('../../in', join(folder, 'elsewhere/data/back'));
    await symlink('gone.log', join(folder, 'in/link.log'));
    const { records, objects } = await ingest(await temporaryLake(), [join(folder, 'in')]);
    expect(records.stored).toBe(2);
    expect(objects.failed).toMatchObject([
      {
        source: join(folder, 'in/link.log'),
        code: 'input-unreadable',
        message: expect.stringMatching(/link\.log cannot be read: ENOENT/),
      },
    ]);
  });

  it('reads a pipe that is named, and names those in a folder', async () => {
    const folder = await temporaryFolder();
    await put(folder, 'in/a.log', text(HEADER, line(1)));
    for (const name of ['in/pipe', 'pipe']) execFileSync('mkfifo', [join(folder, name)]);
    const inFolder = await ingest(await temporaryLake(), [join(folder, 'in')]);
    expect(inFolder.records.stored).toBe(1);
    expect(inFolder.objects.failed).toMatchObject([
      { source: join(folder, 'in/pipe'), code: 'input-unreadable', message: expect.stringMatching(/is a pipe/) },
    ]);
    const writing = writeFile(join(folder, 'pipe'), text(HEADER, line(2)));
    const { records } = await ingest(await temporaryLake(), [join(folder, 'pipe')]);
    await writing;
    expect(records.stored).toBe(1);
  });

  it('counts folders and files that may not be read as failed, and goes on', async () => {
    const folder = await temporaryFolder();
    for (const [n, path] of ['open.log', 'closed.log', 'closed/a.log', 'listed/b.log', 'deep/closed/c.log'].entries()) {
      await put(folder, `in/${path}`, text(HEADER, line(n)));
    }
    const child = await bundleChild(folder);
    for (const path of ['in/closed.log', 'in/closed', 'in/deep/closed']) await chmod(join(folder, path), 0);
    await chmod(join(folder, 'in/listed'), 0o644);
    // Whoever runs this, the child is nobody who may read all.
    const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
    if ('uid' in nobody) execFileSync('chown', ['-R', '65534:65534', folder]);
    for (const input of ['in', 'in/**']) {
      const report = execFileSync(
        process.execPath,
        [child, join(folder, `lake of ${input.length}`), join(folder, input)],
        {
          encoding: 'utf8',
          cwd: '/',
          ...nobody,
        },
      );
      const { records, objects } = JSON.parse(report) as IngestReport;
      expect(records.stored).toBe(1);
      expect(objects.failed.map(({ source, code }) => [relative(folder, resolve('/', source)), code]).sort()).toEqual(
        ['in/closed', 'in/closed.log', 'in/deep/closed', 'in/listed/b.log'].map((path) => [path, 'input-unreadable']),
      );
      for (const { message } of objects.failed) expect(message).toMatch(/(closed|\.log).*Check its permissions\.$/);
    }
  });

  it('takes any name of a lake', async () => {
    const folder = await temporaryFolder();
    const lake = await temporaryLake();
    const path = await put(folder, 'a.log', text(HEADER, line(1), 'rubbish'));
    for (const name of ["it's [a] lake*", 'day=2026-01-01']) {
      const odd = await openLake(join(folder, name), { create: true, threads: 1 });
      try {
        await ingest(odd, [path]);
        await ingest(lake, [path]);
        expect(await contentOf(odd)).toEqual(await contentOf(lake));
      } finally {
        odd.close();
      }
    }
  });

  it('matches patterns, folders included', async () => {
    const folder = await temporaryFolder();
    for (const [n, name] of ['2026/01/a.log', '2026/02/b.log', '2026/02/b.txt', '2025/12/c.log'].entries()) {
      await put(folder, name, text(HEADER, line(n)));
    }
    const storedBy = async (pattern: string) =>
      (await ingest(await temporaryLake(), [join(folder, pattern)])).records.stored;
    expect(await storedBy('2026/*/*.log')).toBe(2);
    expect(await storedBy('**/*.log')).toBe(3);
    expect(await storedBy('2026/0?')).toBe(3);
  });
});

describe('a lake among the inputs', () => {
  it('is left out, this one or another: what it holds was ingested already', async () => {
    const folder = await temporaryFolder();
    await put(folder, 'logs/a.log', text(line(1), line(2), line(3)));
    const lake = await openLake(join(folder, 'flowfit-lake'), { create: true });
    const other = await openLake(join(folder, 'archive', 'old-lake'), { create: true });
    await ingest(other, [join(folder, 'logs')]);
    const first = await ingest(lake, [folder]);
    const before = await contentOf(lake);
    const leftOut: string[] = [];
    const again = await ingest(lake, [folder], { onLeftOut: ({ lake: path }) => leftOut.push(path) });
    expect(first.records.stored).toBe(3);
    expect(again).toMatchObject({ records: { read: 0 }, objects: { read: 0, alreadyIngested: 1, failed: [] } });
    expect(await contentOf(lake)).toEqual(before);
    expect(leftOut.sort()).toEqual([other.dir, lake.dir].sort());
    other.close();
    lake.close();
  });

  it('is refused where it is all that was named, or one of its files', async () => {
    const folder = await temporaryFolder();
    const lake = await openLake(join(folder, 'lake'), { create: true });
    await ingest(lake, [await put(folder, 'a.log', text(line(1)))]);
    for (const input of [lake.dir, join(lake.dir, 'lake.json')]) {
      await expect(ingest(lake, [input])).rejects.toMatchObject({ code: 'input-in-lake' });
    }
    lake.close();
  });
});
