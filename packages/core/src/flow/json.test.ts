import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FIELDS } from './fields.ts';
import { DEFAULT_LAYOUT, parseFormat } from './format.ts';
import { decodeJsonDocument, decodeJsonLine, isJson, MAX_JSON_LINE_LENGTH } from './json.ts';
import { splitJsonTexts } from './json-text.ts';
import { createLineParser } from './parse.ts';
import type { ParsedLine } from './record.ts';

const SSH = '2 123456789012 eni-abc123de 192.0.2.9 10.0.0.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK';
const NO_DATA = '2 123456789012 eni-abc123de - - - - - - - 1431280876 1431280934 - NODATA';

const decode = (value: unknown, layout = DEFAULT_LAYOUT): ParsedLine[] =>
  decodeJsonLine(typeof value === 'string' ? value : JSON.stringify(value), createLineParser(layout));

const outcomes = (lines: readonly ParsedLine[]): string[] =>
  lines.map((line) => (line.kind === 'rejected' ? line.reason : line.kind));

describe('messages', () => {
  it('are lines', () => {
    expect(decode({ message: SSH })).toEqual([createLineParser(DEFAULT_LAYOUT).parse(SSH)]);
    expect(outcomes(decode({ message: NO_DATA, '@timestamp': '2015-05-10T18:01:16Z', type: 'x' }))).toEqual([
      'no-data',
    ]);
    expect(outcomes(decode({ message: `${SSH}\n${NO_DATA}` }))).toEqual(['record', 'no-data']);
    expect(outcomes(decode({ message: 'hello' }))).toEqual(['field-count']);
  });

  it('may stand one after the other without line ends', () => {
    const text = JSON.stringify({ message: SSH });
    expect(outcomes(decode(`${text}${JSON.stringify({ message: NO_DATA })} ${text}`))).toEqual([
      'record',
      'no-data',
      'record',
    ]);
  });

  it('may be wrapped once more', () => {
    expect(outcomes(decode({ message: JSON.stringify({ message: SSH }) }))).toEqual(['record']);
  });

  it('are read in the layout of the parser', () => {
    expect(decode({ message: 'eni-1 192.0.2.1' }, parseFormat('interface-id srcaddr'))).toEqual([
      { kind: 'record', record: { 'interface-id': 'eni-1', srcaddr: '192.0.2.1' } },
    ]);
  });
});

describe('record objects', () => {
  it('may have names and values of either kind', () => {
    const record = { 'interface-id': 'eni-1', srcaddr: '192.0.2.9', dstport: 22, bytes: 4249, action: 'ACCEPT' };
    const expected = [{ kind: 'record', record }];
    expect(decode(record)).toEqual(expected);
    expect(
      decode({ interface_id: 'eni-1', srcaddr: '192.0.2.9', dstport: '22', bytes: '4249', action: 'ACCEPT' }),
    ).toEqual(expected);
  });

  it('may miss values in three ways', () => {
    const [line] = decode({ srcaddr: '-', dstaddr: '', start: null, 'interface-id': 'eni-1' });
    expect(line).toEqual({
      kind: 'no-data',
      record: { srcaddr: null, dstaddr: null, start: null, 'interface-id': 'eni-1' },
    });
  });

  it('keep names of others as text', () => {
    const [line] = decode({ srcaddr: '192.0.2.1', 'security-groups': 'web||sg-1', n: 7, ok: true, tags: ['a'] });
    expect(line).toMatchObject({ record: { 'security-groups': 'web||sg-1', n: '7', ok: 'true', tags: '["a"]' } });
  });

  it('keep a name that objects have by nature', () => {
    const [line] = decode('{"srcaddr":"192.0.2.1","__proto__":"x"}');
    const record = line !== undefined && 'record' in line ? line.record : {};
    expect(Object.entries(record)).toEqual([
      ['srcaddr', '192.0.2.1'],
      ['__proto__', 'x'],
    ]);
  });

  it('decode tag values', () => {
    expect(decode({ srcaddr: '192.0.2.1', 'instance-tag': 'a%20b' })).toMatchObject([
      { record: { 'instance-tag': 'a b' } },
    ]);
  });

  it.each([
    ['bad-number', { srcaddr: '192.0.2.1', srcport: 65_536 }, 'srcport is "65536"'],
    ['bad-number', { srcaddr: '192.0.2.1', bytes: 1.5 }, 'bytes is "1.5"'],
    ['bad-number', { srcaddr: '192.0.2.1', bytes: -1 }, 'bytes is "-1"'],
    ['bad-number', { srcaddr: '192.0.2.1', bytes: 1e21 }, 'bytes is "1e+21"'],
    ['bad-address', { srcaddr: 'localhost' }, 'srcaddr is "localhost"'],
    ['bad-address', { srcaddr: 3221225985 }, 'srcaddr is "3221225985"'],
    ['bad-value', { srcaddr: '192.0.2.1', action: 'drop' }, 'action is "drop"'],
    ['bad-value', { srcaddr: ['192.0.2.1'] }, 'srcaddr is "["192.0.2.1"]", neither text nor a number'],
    ['bad-value', { srcaddr: '192.0.2.1', bytes: true }, 'bytes is "true", neither text nor a number'],
    ['bad-encoding', { srcaddr: '192.0.2.1', 'vpc-id': 'vpc-\uFFFD' }, 'vpc-id holds bytes that are not valid UTF-8'],
    ['duplicate-field', { 'log-status': 'OK', log_status: 'OK' }, 'the record names log-status twice'],
  ])('are rejected %s: %j', (reason, record, detail) => {
    expect(decode(record)).toEqual([{ kind: 'rejected', reason, detail: expect.stringContaining(detail) }]);
  });

  it('of the transit gateway are set aside', () => {
    expect(decode({ 'tgw-id': 'tgw-1', srcaddr: '10.0.0.1' })).toEqual([
      { kind: 'skipped', reason: 'transit-gateway' },
    ]);
    expect(outcomes(decode({ packets_lost_no_route: 1, srcaddr: 'x' }))).toEqual(['skipped']);
  });

  it('nested beyond measure are rejected, not fatal', () => {
    const deep = `{"srcaddr":"192.0.2.1","x":${'['.repeat(50_000)}${']'.repeat(50_000)}}`;
    expect(decode(deep)).toHaveLength(1);
  });
});

describe('answers and envelopes', () => {
  const event = (message: string) => ({ id: '3', timestamp: 1_418_530_010_000, message });
  const envelope = { messageType: 'DATA_MESSAGE', owner: '123456789012', logGroup: 'flows', logStream: 'eni-1-all' };

  it('of a CloudWatch Logs subscription hold their events', () => {
    expect(outcomes(decode({ ...envelope, logEvents: [event(SSH), event('?'), event(NO_DATA)] }))).toEqual([
      'record',
      'field-count',
      'no-data',
    ]);
  });

  it('that only check the destination hold nothing', () => {
    const message = 'CWL CONTROL MESSAGE: Checking health of destination Firehose.';
    expect(decode({ messageType: 'CONTROL_MESSAGE', owner: 'CloudwatchLogs', logEvents: [event(message)] })).toEqual(
      [],
    );
  });

  it('of filter-log-events hold their events, over many lines', () => {
    const text = JSON.stringify({ events: [event(SSH), event(SSH)], searchedLogStreams: [] }, null, 4);
    expect(outcomes(decodeJsonDocument(text, createLineParser(DEFAULT_LAYOUT)))).toEqual(['record', 'record']);
    expect(decode({ events: [], nextForwardToken: 'f/1' })).toEqual([]);
  });

  it('may be lists and sequences of these', () => {
    const record = { srcaddr: '192.0.2.1', dstaddr: '192.0.2.2' };
    expect(outcomes(decode([{ message: SSH }, record, 1]))).toEqual(['record', 'record', 'not-a-flow-log']);
    const text = `${JSON.stringify(envelope, null, 2)}\n${JSON.stringify({ ...envelope, logEvents: [event(SSH)] }, null, 2)}`;
    expect(outcomes(decodeJsonDocument(text, createLineParser(DEFAULT_LAYOUT)))).toEqual(['not-a-flow-log', 'record']);
  });

  it('may hold records instead of messages', () => {
    expect(outcomes(decode({ events: [{ srcaddr: '192.0.2.1' }, { id: '1' }, null] }))).toEqual([
      'record',
      'not-a-flow-log',
      'not-a-flow-log',
    ]);
  });
});

describe('rejections', () => {
  it.each([
    ['bad-json', '{"message": "2 12345', 'no complete JSON text'],
    ['bad-json', '{', 'no complete JSON text'],
    ['not-a-flow-log', '{"version":"0","region":"eu-west-1","detail":{}}', 'version, region, detail'],
    ['not-a-flow-log', '{}', 'neither a message nor fields'],
    ['not-a-flow-log', '[[]]', 'where an object should be'],
  ])('are %s for %s', (reason, text, detail) => {
    expect(decode(text)).toEqual([{ kind: 'rejected', reason, detail: expect.stringContaining(detail) }]);
  });

  it('stop no value beside them', () => {
    const good = JSON.stringify({ message: SSH });
    const lines = decode(`${good}{"message":}${good}{"message":"2`);
    expect(outcomes(lines)).toEqual(['record', 'bad-json', 'record', 'bad-json']);
    expect(lines[1]).toMatchObject({ detail: 'value 2 of 4 is no JSON text' });
  });

  it('are of the length beyond any line', () => {
    expect(outcomes(decode(`{"message":"${'x'.repeat(MAX_JSON_LINE_LENGTH)}"}`))).toEqual(['line-too-long']);
  });
});

it('isJson looks at the first bracket', () => {
  expect([' {"a":1}', '\t[', '{'].map(isJson)).toEqual([true, true, true]);
  expect([SSH, '', '"a"', 'x{'].map(isJson)).toEqual([false, false, false, false]);
});

describe('properties', () => {
  it('values written one after the other are the same values', () => {
    const value = fc.oneof(fc.object(), fc.array(fc.json()));
    const gap = fc.constantFrom('', ' ', '\n');
    fc.assert(
      fc.property(fc.array(fc.tuple(value, gap), { minLength: 1 }), (values) => {
        const texts = values.map(([one]) => JSON.stringify(one));
        const text = values.map(([, between], index) => texts[index] + between).join('');
        expect(splitJsonTexts(text)).toEqual(texts);
      }),
    );
  });

  it('a record means the same as a line and as an object, valid or not', () => {
    const value = fc.oneof(
      fc.constantFrom('-', 'OK', 'NODATA', 'SKIPDATA', 'ACCEPT', 'ingress', '10.1', '%41', '%'),
      fc.nat().map(String),
      fc.ipV4(),
      fc.ipV6(),
      fc.stringMatching(/^[!-~]+$/),
    );
    const names = FIELDS.map((field) => field.name).filter((name) => name !== 'interface-id');
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom(...names), value)), (pairs) => {
        const entries = new Map<string, string>([['interface-id', 'eni-1'], ...pairs]);
        const layout = parseFormat([...entries.keys()].join(' '));
        const line = createLineParser(layout).parse([...entries.values()].join(' '));
        expect(decode(Object.fromEntries(entries))).toEqual([line]);
      }),
    );
  });

  it('no JSON and no text makes the decoder throw, none is silently nothing', () => {
    const key = fc.constantFrom('message', 'logEvents', 'events', 'messageType', 'srcaddr', 'bytes', 'tgw-id', 'x');
    const tree = fc.letrec((tie) => ({
      value: fc.oneof({ maxDepth: 4 }, fc.jsonValue(), fc.constant(SSH), fc.array(tie('value')), tie('object')),
      object: fc.dictionary(key, tie('value')),
    })).object;
    fc.assert(
      fc.property(
        fc.oneof(
          tree.map((value) => JSON.stringify(value)),
          fc.string().map((s) => `{${s}`),
        ),
        (text) => {
          const lines = decode(text);
          const events = text.includes('"logEvents":[') || text.includes('"events":[') || text.includes('CONTROL');
          if (!events) expect(lines.length).toBeGreaterThan(0);
        },
      ),
    );
  });
});
