/** Bad input: what is readable is kept, what is not is named, and no object stops the others. */
import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { contentOf } from '../testing/content.ts';
import { HEADER, line, lines, text } from '../testing/records.ts';
import { temporaryFolder, temporaryLake } from '../testing/temporary.ts';
import { type IngestOptions, type IngestReport, ingest } from './ingest.ts';

/** Ingests objects of these contents into a new lake. */
const ingestObjects = async (
  objects: Readonly<Record<string, string | Uint8Array>>,
  options: IngestOptions = {},
): Promise<IngestReport> => {
  const folder = await temporaryFolder();
  for (const [name, content] of Object.entries(objects)) await writeFile(join(folder, name), content);
  return await ingest(await temporaryLake(), [folder], options);
};

const GOOD = text(HEADER, line(1), line(2));

/** The only failure of an ingest that stored the two good records beside it. */
const failureBesideGood = async (content: string | Uint8Array): Promise<{ code: string; message: string }> => {
  const { objects, records } = await ingestObjects({ 'bad.log': content, 'good.log': GOOD });
  expect(records.stored).toBe(2);
  expect(objects.failed).toHaveLength(1);
  return objects.failed[0]!;
};

describe('what is named', () => {
  it('must exist', async () => {
    const lake = await temporaryLake();
    await expect(ingest(lake, ['no/such.log'])).rejects.toMatchObject({
      code: 'input-missing',
      message: 'no/such.log: there is no such file or folder. Check the path.',
    });
    await expect(ingest(lake, ['no/*.log'])).rejects.toMatchObject({
      code: 'input-missing',
      message: 'no/*.log: no file matches. Check the pattern.',
    });
    await expect(ingest(lake, ['-'])).rejects.toMatchObject({ code: 'input-missing' });
  });

  it('must be readable', async () => {
    const folder = await temporaryFolder();
    await symlink('loop', join(folder, 'loop'));
    await expect(ingest(await temporaryLake(), [join(folder, 'loop')])).rejects.toMatchObject({
      code: 'input-unreadable',
      message: expect.stringMatching(/loop cannot be read: ELOOP.*Check its permissions\.$/),
    });
  });

  it('must be within reach', async () => {
    await expect(ingest(await temporaryLake(), ['s3://bucket/prefix'])).rejects.toMatchObject({
      code: 'input-unsupported',
      message: expect.stringMatching(/^s3:\/\/bucket\/prefix: s3 sources cannot be read directly yet\. Copy/),
    });
  });

  it('must hold files', async () => {
    await expect(ingest(await temporaryLake(), [await temporaryFolder()])).rejects.toMatchObject({
      code: 'input-empty',
      message: expect.stringMatching(/the folder holds no files\. Name the folder with the flow logs\.$/),
    });
  });

  it('is looked for before anything is stored', async () => {
    const lake = await temporaryLake();
    await expect(ingest(lake, ['no/such.log'])).rejects.toThrow();
    expect(await contentOf(lake)).toEqual({ flows: [], coverage: [], conversations: [], connections: [] });
  });
});

describe('an object that is no flow log', () => {
  it.each<[string, Uint8Array, string, RegExp]>([
    ['nothing', Buffer.of(), 'input-empty', /bad\.log is empty\.$/],
    [
      'binary data',
      Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0, 0]),
      'input-binary',
      /holds binary data, not flow logs/,
    ],
    ['UTF-16', Buffer.from(GOOD, 'utf16le'), 'input-binary', /holds binary data/],
    ['binary data in gzip', gzipSync(Buffer.from([0, 1, 2, 3])), 'input-binary', /holds binary data/],
    ['a ZIP archive', Buffer.from('504b030414000000', 'hex'), 'input-archive', /is a ZIP archive.*Unpack it first/],
    ['zstd', Buffer.from('28b52ffd0458', 'hex'), 'input-archive', /is compressed with zstd/],
    ['bzip2', Buffer.from('425a683931', 'hex'), 'input-archive', /is compressed with bzip2/],
    ['xz', Buffer.from('fd377a585a000004', 'hex'), 'input-archive', /is compressed with xz/],
    [
      'cut Parquet',
      Buffer.from('PAR1 and no more'),
      'parquet-damaged',
      /the Parquet file cannot be read .*Fetch it again/,
    ],
  ])('is named: %s', async (_, content, code, message) => {
    expect(await failureBesideGood(content)).toMatchObject({ code, message: expect.stringMatching(message) });
  });
});

describe('gzip', () => {
  const all = lines(0, 3000);
  const whole = gzipSync(text(HEADER, ...all));

  it.each([0.9, 0.5, 0.1, 0.002])('keeps what was readable when %d of it is there', async (share) => {
    const folder = await temporaryFolder();
    const path = join(folder, 'a.log.gz');
    const lake = await temporaryLake();
    await writeFile(path, whole.subarray(0, Math.max(12, Math.floor(whole.length * share))));
    const damaged = await ingest(lake, [path]);
    expect(damaged.objects.failed).toEqual([
      {
        source: path,
        code: 'gzip-damaged',
        message: expect.stringMatching(
          /its gzip data are damaged or cut off .*ingest the object again once it is repaired\.$/,
        ),
      },
    ]);
    expect(damaged.records.rejected).toEqual({});
    expect(damaged.records.stored).toBeLessThan(all.length);
    if (share === 0.9) expect(damaged.records.stored).toBeGreaterThan(all.length / 2);

    expect((await ingest(lake, [path])).objects).toMatchObject({
      read: 0,
      alreadyIngested: 1,
      failed: damaged.objects.failed,
    });

    await writeFile(path, whole);
    const repaired = await ingest(lake, [path]);
    expect(repaired.objects.failed).toEqual([]);
    expect(repaired.records).toMatchObject({
      stored: all.length - damaged.records.stored,
      duplicates: damaged.records.stored,
    });
    const undisturbed = await temporaryLake();
    await ingest(undisturbed, [path]);
    expect(await contentOf(lake)).toEqual(await contentOf(undisturbed));
  });

  it('names damage in the middle, and keeps what stands before it', async () => {
    const corrupt = Buffer.from(whole);
    corrupt.fill(0xff, corrupt.length >> 1, (corrupt.length >> 1) + 64);
    const { records, objects } = await ingestObjects({ 'a.gz': corrupt });
    expect(objects.failed).toMatchObject([{ code: 'gzip-damaged' }]);
    expect(records.stored).toBeGreaterThan(500);
    expect(records.stored).toBeLessThan(all.length);
  });

  it('may come in members that end anywhere', async () => {
    const content = text(HEADER, ...lines(0, 10));
    const parts = [content.slice(0, 30), content.slice(30, 400), '', content.slice(400)];
    const { records, objects } = await ingestObjects({ a: Buffer.concat(parts.map((part) => gzipSync(part))) });
    expect(objects.failed).toEqual([]);
    expect(records).toMatchObject({ read: 10, stored: 10 });
  });

  it('is damaged when a later member is', async () => {
    const content = Buffer.concat([gzipSync(text(HEADER, ...lines(0, 10))), whole.subarray(0, 200)]);
    const { records, objects } = await ingestObjects({ a: content });
    expect(objects.failed).toMatchObject([{ code: 'gzip-damaged' }]);
    expect(records.stored).toBeGreaterThanOrEqual(10);
  });
});

describe('a flipped bit in gzip', () => {
  const objects: readonly Buffer[] = [0, 1, 6, 9].flatMap((level, index) => {
    const parts = [0, 1, 2].map((part) =>
      text(HEADER, ...lines(index * 300 + part * 100, index * 300 + part * 100 + 100)),
    );
    return [gzipSync(parts.join(''), { level }), Buffer.concat(parts.map((part) => gzipSync(part, { level })))];
  });

  /** The n-th of some numbers that look like random ones. */
  const pick = (n: number, below: number): number => Math.floor((Math.abs(Math.sin(n + 1)) * 1e6) % below);

  const flip = (bytes: Buffer, bit: number): Buffer => {
    const copy = Buffer.from(bytes);
    copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    return copy;
  };

  const isDamaged = (bytes: Buffer): boolean => {
    try {
      gunzipSync(bytes);
      return false;
    } catch {
      return true;
    }
  };

  it('is damage wherever gunzip sees it, and nowhere else', async () => {
    const flipped = Array.from({ length: 300 }, (_, n): [string, Buffer] => {
      const object = objects[n % objects.length] as Buffer;
      return [`${n}.gz`, flip(object, pick(n, object.length * 8))];
    });
    const folder = await temporaryFolder();
    for (const [name, content] of flipped) await writeFile(join(folder, name), content);
    const lake = await temporaryLake();
    const report = await ingest(lake, [folder]);
    const damaged = flipped.filter(([, content]) => isDamaged(content)).map(([name]) => join(folder, name));
    expect(damaged.length).toBeGreaterThan(250);
    expect(report.objects.failed.map(({ source }) => source).sort()).toEqual(damaged.sort());
    const again = await ingest(lake, [folder]);
    expect(again.objects.failed.map(({ source }) => source).sort()).toEqual(damaged.sort());
  });

  it('changes no record where gunzip does not look: in the time, or the system, of the header', async () => {
    for (const bit of [4 * 8, 7 * 8 + 3, 8 * 8 + 1, 9 * 8 + 7]) {
      const [right, other] = [await temporaryLake(), await temporaryLake()];
      const folder = await temporaryFolder();
      const object = objects[4] as Buffer;
      await writeFile(join(folder, 'a.gz'), object);
      await writeFile(join(folder, 'b.gz'), flip(object, bit));
      await ingest(right, [join(folder, 'a.gz')]);
      const { objects: read } = await ingest(other, [join(folder, 'b.gz')]);
      expect(read).toEqual({ read: 1, alreadyIngested: 0, failed: [] });
      expect(await contentOf(other)).toEqual(await contentOf(right));
    }
  });

  it('is damage in JSON too', async () => {
    const whole = gzipSync(text(...lines(0, 50).map((message) => JSON.stringify({ message }))));
    const { objects: read, records } = await ingestObjects({ a: flip(whole, (whole.length - 6) * 8) });
    expect(read.failed).toMatchObject([{ code: 'gzip-damaged' }]);
    expect(records.stored).toBe(50);
  });
});

describe('bytes behind gzip', () => {
  const all = lines(0, 5000);
  const whole = gzipSync(text(HEADER, ...all));

  it('are named when they are not gzip, and cost no record', async () => {
    for (const behind of ['\r\n', 'anything else', '\0\0\0x']) {
      const { objects, records } = await ingestObjects({ a: Buffer.concat([whole, Buffer.from(behind)]) });
      expect(objects.failed).toMatchObject([{ code: 'gzip-damaged' }]);
      expect(records).toMatchObject({ read: 5000, stored: 5000 });
    }
  });

  it('may be zeros, which fill up a block, and members behind them', async () => {
    const more = gzipSync(text(HEADER, ...lines(5000, 5010)));
    const { objects, records } = await ingestObjects({
      a: Buffer.concat([whole, Buffer.alloc(100)]),
      b: Buffer.concat([whole, Buffer.alloc(512), more]),
    });
    expect(objects.failed).toEqual([]);
    expect(records).toMatchObject({ read: 10_010, stored: 5010, duplicates: 5000 });
  });
});

describe('a stream of everything', () => {
  it('gives each line what it is', async () => {
    const content = Buffer.concat([
      Buffer.from(text(line(1), JSON.stringify({ message: line(2) }), 'rubbish', line(3))),
      Buffer.from(text('srcaddr dstaddr start', '192.0.2.1 10.0.0.1 1767225600', '192.0.2.1 10.0.0.1')),
      Buffer.from(text('{"srcaddr":"192.0.2.1","dstaddr":"10.0.0.1","dstport":443}', '{"cut": ', '{"a": 1}')),
      Buffer.from('192.0.2.1 10.0.0.\xff 1767225600\n', 'latin1'),
      Buffer.from(text('srcaddr dstaddr srcaddr', '192.0.2.1 10.0.0.1 192.0.2.1', HEADER, line(4))),
      Buffer.from(text('6 TransitGateway 111122223333 tgw-1 tgw-attach-1')),
      Buffer.from(line(5)),
    ]);
    const { records } = await ingest(await temporaryLake(), ['-'], { stdin: Readable.from([content]) });
    expect(records).toEqual({
      read: 15,
      stored: 7,
      noData: 0,
      skipData: 0,
      duplicates: 0,
      rejected: {
        'field-count': 2,
        'bad-json': 1,
        'not-a-flow-log': 1,
        'bad-encoding': 1,
        'duplicate-field': 1,
        'unknown-layout': 1,
        'transit-gateway': 1,
      },
    });
  });

  it('loses no line to a first one that is cut off', async () => {
    const cut = '{"message": "2 1111';
    const { records } = await ingestObjects({
      a: text(cut, ...lines(0, 5).map((message) => JSON.stringify({ message }))),
    });
    expect(records).toMatchObject({ stored: 5, rejected: { 'bad-json': 1 } });
  });

  it('reads JSON that begins with a byte order mark', async () => {
    const { records } = await ingestObjects({
      a: `\uFEFF${JSON.stringify({ events: [{ message: line(1) }] }, null, 2)}`,
    });
    expect(records).toMatchObject({ read: 1, stored: 1 });
  });
});

describe('names of JSON that nobody would give', () => {
  it.each(['a\0b', `a'b"\n\t c`, '__proto__', '', 'other_fields', 'constructor'])('are kept: %j', async (name) => {
    const folder = await temporaryFolder();
    const lake = await temporaryLake();
    await writeFile(join(folder, 'a'), `{"srcaddr": "192.0.2.1", ${JSON.stringify(name)}: "x"}\n`);
    expect((await ingest(lake, [folder])).records).toMatchObject({ read: 1, stored: 1 });
    const [row] = (await contentOf(lake)).flows;
    expect(Object.entries(JSON.parse(row ?? '').other_fields)).toEqual([[name, 'x']]);
  });

  it('may be others on every line', async () => {
    const records = Array.from({ length: 60 }, (_, n) => JSON.stringify({ srcaddr: '192.0.2.1', [`name-${n}`]: n }));
    expect((await ingestObjects({ a: text(...records) })).records).toMatchObject({ read: 60, stored: 60 });
  });
});

describe('a header', () => {
  it('that names a field twice makes its lines unreadable, not those of other objects', async () => {
    const { records } = await ingestObjects({
      'a.log': text('version srcaddr srcaddr', '2 192.0.2.1 192.0.2.2', '2 192.0.2.1 192.0.2.3'),
      'b.log': GOOD,
    });
    expect(records).toMatchObject({ stored: 2, rejected: { 'duplicate-field': 1, 'unknown-layout': 2 } });
  });
});

describe('the same content', () => {
  it('is read once, whatever its names', async () => {
    const folder = await temporaryFolder();
    const lake = await temporaryLake();
    for (const name of ['a.log', 'b.log']) await writeFile(join(folder, name), GOOD);
    const first = await ingest(lake, [folder, join(folder, 'a.log')]);
    expect(first.objects).toEqual({ read: 1, alreadyIngested: 1, failed: [] });
    expect(first.records).toMatchObject({ read: 2, stored: 2, duplicates: 0 });
    const before = await contentOf(lake);
    await writeFile(join(folder, 'c.log'), GOOD);
    const second = await ingest(lake, [folder]);
    expect(second.objects).toEqual({ read: 0, alreadyIngested: 3, failed: [] });
    expect(second.records).toMatchObject({ read: 0, stored: 0 });
    expect(await contentOf(lake)).toEqual(before);
  });

  it('in other bytes is counted as duplicates', async () => {
    const { records } = await ingestObjects({ 'a.log': GOOD, 'b.log.gz': gzipSync(GOOD) });
    expect(records).toMatchObject({ read: 4, stored: 2, duplicates: 2 });
  });
});

describe('no inventory', () => {
  it('leaves the groups open and says so', async () => {
    const folder = await temporaryFolder();
    const lake = await temporaryLake();
    await writeFile(join(folder, 'a.log'), GOOD);
    const { interfaces, records } = await ingest(lake, [folder]);
    expect(records.stored).toBe(2);
    expect(interfaces).toEqual({ known: 0, unknown: 1 });
    const { flows } = await contentOf(lake);
    expect(flows.map((row) => JSON.parse(row).security_group_ids)).toEqual([null, null]);
  });
});
