import { existsSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { KNOWN, kit, line, networkInterface, noData, snapshot, transformEvent } from '../../test/decorator-kit.ts';
import { parseFormats } from './layouts.ts';

const EVENTS = '../shared/testdata/events';

describe('the decorator', () => {
  it('gives a record its groups, direction and place, and the time of the record', async () => {
    const { run } = kit();
    expect(await run([line(1)])).toEqual([
      {
        '@timestamp': '2023-11-14T22:13:20.000Z',
        version: 2,
        'account-id': '123456789012',
        'interface-id': KNOWN,
        srcaddr: '8.8.4.1',
        dstaddr: '10.0.0.5',
        srcport: 40_001,
        dstport: 443,
        protocol: 6,
        packets: 1,
        bytes: 840,
        start: 1_700_000_000,
        end: 1_700_000_060,
        action: 'ACCEPT',
        'log-status': 'OK',
        direction: 'inbound',
        'local-address': '10.0.0.5',
        'peer-address': '8.8.4.1',
        'security-group-ids': ['sg-0aaaaaaaaaaaaaaaa'],
        'service-port': 443,
        initiator: 'remote',
        'initiator-method': 'ports',
        'interface-kind': 'interface',
        'interface-vpc-id': 'vpc-0123456789abcdef0',
        'source-country-code': 'US',
        'source-country-name': 'United States',
        'source-location': { lat: 37.75, lon: -97.82 },
      },
    ]);
  });

  it('reads what the ingestor puts and what flow logs put directly', async () => {
    const { run } = kit();
    const plain = line(1);
    const results = await run([
      plain,
      `${plain}\n`,
      JSON.stringify({ message: plain }),
      `${JSON.stringify({ message: plain })}\n`,
    ]);
    expect(new Set(results.map((result) => JSON.stringify(result))).size).toBe(1);
    expect(results[0]).toMatchObject({ srcaddr: '8.8.4.1' });
  });

  it('costs one bad record that record alone, and says why', async () => {
    const { run, logged, counts } = kit();
    const results = await run([
      line(1),
      'rubbish',
      line(2).replace('8.8.4.2', '8.8.4.256'),
      Buffer.from([0xff, 0xfe, 0x00]),
      `${line(3)}\n${line(4)}`,
      `{"message":"${line(3)}"}{"message":"${line(4)}"}`,
      gzipSync('{"messageType":"DATA_MESSAGE"}'),
      '{"a":1}',
      line(5),
    ]);
    expect(results.map((result) => (typeof result === 'string' ? result : result.srcport))).toEqual([
      40_001,
      ...Array(7).fill('ProcessingFailed'),
      40_005,
    ]);
    expect(counts).toMatchObject({ RecordsDecorated: 2, RecordsFailed: 7, RecordsDropped: 0 });
    expect(logged.at(-1)).toMatchObject({
      message: 'records failed',
      data: {
        failed: {
          'field-count': { count: 1, example: expect.stringContaining('14') },
          'bad-address': { count: 1, example: expect.stringContaining('8.8.4.256') },
          'several-records': { count: 2, example: '2 flow records in one Firehose record' },
          compressed: { count: 1 },
          'not-a-flow-log': { count: 1 },
        },
      },
    });
  });

  it('drops and counts what stands for no packets, by policy', async () => {
    const records = [noData('NODATA'), noData('SKIPDATA'), '', '\n'];
    const normal = kit();
    const kept = await normal.run(records);
    expect(kept).toEqual([
      'Dropped',
      expect.objectContaining({ 'log-status': 'SKIPDATA', 'interface-id': KNOWN }),
      'Dropped',
      'Dropped',
    ]);
    expect(normal.counts).toMatchObject({ RecordsNoData: 1, RecordsSkipData: 0, RecordsDropped: 3 });

    const other = kit({ noData: 'keep', skipData: 'drop' });
    expect(await other.run(records)).toEqual([
      expect.objectContaining({ 'log-status': 'NODATA' }),
      'Dropped',
      'Dropped',
      'Dropped',
    ]);
  });

  it('answers the same for the same batch', async () => {
    const { decorate } = kit();
    const event = transformEvent([line(1), noData('NODATA'), 'rubbish', line(2)]);
    expect(await decorate({ ...event, invocationId: 'again' })).toEqual(await decorate(event));
  });

  it('fails a record with a time that no calendar has, and no other', async () => {
    const { run, logged } = kit();
    const late = line(1).replace('1700000000', '9007199254740991');
    expect(await run([late, line(2)])).toEqual(['ProcessingFailed', expect.objectContaining({ srcport: 40_002 })]);
    expect(logged.at(-1)?.data).toMatchObject({ failed: { internal: { count: 1 } } });
  });

  it('answers the same when it forgets what it knew in between', async () => {
    const few = kit({ mostTexts: 20 });
    const many = kit();
    for (let from = 0; from < 200; from += 50) {
      const records = Array.from({ length: 50 }, (_, n) => line(from + n));
      expect(await few.run(records)).toEqual(await many.run(records));
    }
  });

  it('knows from the next event on what a newer inventory says', async () => {
    const states = [['sg-0aaaaaaaaaaaaaaaa'], ['sg-0bbbbbbbbbbbbbbbb']].map((groupIds, n) => ({
      snapshot: snapshot([networkInterface(KNOWN, { groupIds })], { capturedAt: `2023-11-14T0${n}:00:00.000Z` }),
      etag: `"${n}"`,
    }));
    const { run, clock } = kit({ newest: async () => states.shift() ?? 'unchanged' });
    const groups = async () => (await run([line(1)]))[0]['security-group-ids'];
    expect(await groups()).toEqual(['sg-0aaaaaaaaaaaaaaaa']);
    clock.now += 60_000;
    expect(await groups()).toEqual(['sg-0bbbbbbbbbbbbbbbb']);
  });

  it('keeps records apart that name their fields differently', async () => {
    const { run } = kit();
    const records = [
      { srcaddr: '192.0.2.1', dstport: 1 },
      { dstport: 2, srcaddr: '192.0.2.2' },
      { srcaddr: '192.0.2.3', 'x-note': 'a "b"' },
    ];
    const mixed = [...records, line(4), ...records].map((each) =>
      typeof each === 'string' ? each : JSON.stringify(each),
    );
    const results = await run(mixed);
    expect(results.map(({ srcaddr }) => srcaddr)).toEqual([
      ...['192.0.2.1', '192.0.2.2', '192.0.2.3'],
      '8.8.4.4',
      ...['192.0.2.1', '192.0.2.2', '192.0.2.3'],
    ]);
    expect(results[2]).toMatchObject({ 'x-note': 'a "b"' });
  });

  it('stays below the limit of the response by failing what does not fit', async () => {
    const responseLimit = 100_000;
    const { decorate, counts } = kit({ responseLimit });
    const event = transformEvent(Array.from({ length: 200 }, (_, n) => line(n)));
    const response = await decorate(event);
    expect(response.records.map(({ recordId }) => recordId)).toEqual(event.records.map(({ recordId }) => recordId));
    expect(Buffer.byteLength(JSON.stringify(response))).toBeLessThanOrEqual(responseLimit);
    const count = (status: string) => response.records.filter(({ result }) => result === status).length;
    expect(count('Ok')).toBeGreaterThan(50);
    expect(count('Ok') + count('ProcessingFailed')).toBe(200);
    expect(counts['RecordsFailed']).toBe(count('ProcessingFailed'));
  });

  it('keeps a full batch of the largest size below 6 MB', async () => {
    const { decorate } = kit();
    const response = await decorate(transformEvent(Array.from({ length: 12_000 }, (_, n) => line(n))));
    expect(Buffer.byteLength(JSON.stringify(response))).toBeLessThan(6 * 1024 * 1024);
    expect(response.records.filter(({ result }) => result === 'Ok').length).toBeGreaterThan(4_000);
  });

  it.each([
    ['a subscription', { awslogs: { data: '' } }, /not-a-transform.*found awslogs/],
    ['nothing', undefined, /not-a-transform.*found undefined/],
    ['records of something else', { records: [{ kinesis: {} }] }, /not-a-transform/],
  ])('refuses %s', async (_name, event, message) => {
    await expect(kit().decorate(event)).rejects.toThrow(message);
  });
});

describe('the formats of the stream', () => {
  const short = '${interface-id} ${srcaddr} ${dstaddr} ${start} ${action}';
  const shortLine = `${KNOWN} 8.8.4.1 10.0.0.5 1700000000 ACCEPT`;

  it('come from the configuration', async () => {
    const { run } = kit({ layouts: parseFormats(short) });
    expect(await run([shortLine, line(1)])).toEqual([
      expect.objectContaining({ srcaddr: '8.8.4.1', direction: 'inbound' }),
      'ProcessingFailed',
    ]);
  });

  it('or from the flow logs in the inventory', async () => {
    const flowLog = { resourceId: null, trafficType: 'ALL', maxAggregationInterval: 60, status: 'ACTIVE' };
    const flowLogs = [
      { ...flowLog, id: 'fl-0a', logFormat: short },
      { ...flowLog, id: 'fl-0b', logFormat: null },
    ];
    const newest = async () => ({ snapshot: snapshot([networkInterface(KNOWN)], { flowLogs }), etag: '"1"' });
    expect(await kit({ newest }).run([shortLine])).toEqual([expect.objectContaining({ action: 'ACCEPT' })]);
  });

  it('may interleave: each line is read by the one that fits', async () => {
    const default2 = parseFormats(
      `${short};version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status`,
    );
    const { run } = kit({ layouts: default2 });
    const results = await run([shortLine, line(1), shortLine, 'x y']);
    expect(results.map((result) => (typeof result === 'string' ? result : Object.hasOwn(result, 'bytes')))).toEqual([
      false,
      true,
      false,
      'ProcessingFailed',
    ]);
  });

  it('are told apart by their values where their counts are equal, and never guessed', async () => {
    const { run, logged } = kit({ layouts: parseFormats('srcaddr dstport;dstport srcaddr;srcaddr bytes') });
    expect(await run(['443 192.0.2.1', '192.0.2.1 443'])).toEqual([
      expect.objectContaining({ dstport: 443, srcaddr: '192.0.2.1' }),
      'ProcessingFailed',
    ]);
    expect(logged.at(-1)?.data).toMatchObject({
      failed: { 'unknown-layout': { example: expect.stringContaining('fits 2 of the 3 formats') } },
    });
  });

  it('cannot be changed by a header among the records', async () => {
    const { run } = kit();
    const results = await run(['srcaddr dstaddr', 'srcaddr srcaddr', line(1)]);
    expect(results).toEqual(['Dropped', 'ProcessingFailed', expect.objectContaining({ bytes: 840 })]);
  });
});

describe.skipIf(!existsSync(EVENTS))('the decorator on recorded events', () => {
  it.each([
    'aws-lambda-go/kinesis-firehose-event.json',
    'powertools-python/kinesisFirehosePutEvent.json',
    'powertools-python/kinesisFirehoseKinesisEvent.json',
    'powertools-python/kinesisFirehoseSQSEvent.json',
    'powertools-typescript/firehose.json',
    'powertools-typescript/firehose-put.json',
    'powertools-typescript/firehose-sqs.json',
  ])('answers every record of %s: none is a flow record', async (file) => {
    const event = JSON.parse(readFileSync(`${EVENTS}/${file}`, 'utf8'));
    const { decorate, logged } = kit();
    const { records } = await decorate(event);
    expect(records).toEqual(
      event.records.map(({ recordId }: { recordId: string }) => ({ recordId, result: 'ProcessingFailed', data: '' })),
    );
    expect(JSON.stringify(logged.at(-1)?.data)).toMatch(/field-count|not-a-flow-log/);
  });

  it.each([
    'aws-lambda-go/cloudwatch-logs-event.json',
    'aws-lambda-go/s3-event.json',
    'powertools-python/kinesisStreamCloudWatchLogsEvent.json',
    'powertools-python/awsConfigRuleConfigurationChanged.json',
  ])('refuses %s', async (file) => {
    const event = JSON.parse(readFileSync(`${EVENTS}/${file}`, 'utf8'));
    await expect(kit().decorate(event)).rejects.toThrow(/not-a-transform/);
  });
});
