import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalAddress } from '../net/address.ts';
import { DEFAULT_FIELDS, FIELDS, type FieldDefinition, type FieldName, maximumOf } from './fields.ts';
import { DEFAULT_LAYOUT, type Layout, parseFormat } from './format.ts';
import { MAX_LINE_LENGTH } from './line-reader.ts';
import { createLineParser } from './parse.ts';
import type { FieldValue, FlowRecord, ParsedLine } from './record.ts';
import { TRANSIT_GATEWAY_FIELDS } from './transit-gateway.ts';

const V2 = DEFAULT_FIELDS.join(' ');
const SSH = '2 123456789012 eni-abc123de 192.0.2.9 10.0.0.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK';
const NO_DATA = '2 123456789012 eni-abc123de - - - - - - - 1431280876 1431280934 - NODATA';
const TRANSIT_GATEWAY =
  '6 TransitGateway 123456789012 tgw-0123456789abcdef0 tgw-attach-0123456789abcdef0 111122223333 123456789012 ' +
  'vpc-1 vpc-2 subnet-1 subnet-2 eni-1 eni-2 use1-az1 use1-az2 tgw-attach-1 10.0.0.1 10.1.0.1 40000 443 6 10 1000 ' +
  '1700000000 1700000060 OK IPv4 0 0 0 0 2 us-east-1 ingress - -';

const parseAll = (lines: readonly string[], layout: Layout = DEFAULT_LAYOUT): ParsedLine[] => {
  const parser = createLineParser(layout);
  return lines.map((line) => parser.parse(line));
};

const parse = (line: string, layout: Layout = DEFAULT_LAYOUT): ParsedLine => createLineParser(layout).parse(line);

/** A short name of what a line was: its kind, or the code of its rejection. */
const outcome = (line: ParsedLine): string => (line.kind === 'rejected' ? line.reason : line.kind);

const recordOf = (line: ParsedLine): FlowRecord => {
  if ('record' in line) return line.record;
  throw new Error(`no record but ${JSON.stringify(line)}`);
};

/** The default record with one value replaced. */
const withValue = (name: FieldName, value: string): string => {
  const values = SSH.split(' ');
  values[DEFAULT_FIELDS.indexOf(name)] = value;
  return values.join(' ');
};

describe('a record', () => {
  it('has the values of its line under their names, numbers as numbers', () => {
    expect(parse(SSH)).toEqual({
      kind: 'record',
      record: {
        version: 2,
        'account-id': '123456789012',
        'interface-id': 'eni-abc123de',
        srcaddr: '192.0.2.9',
        dstaddr: '10.0.0.21',
        srcport: 20641,
        dstport: 22,
        protocol: 6,
        packets: 20,
        bytes: 4249,
        start: 1418530010,
        end: 1418530070,
        action: 'ACCEPT',
        'log-status': 'OK',
      },
    });
  });

  it.each([
    ['runs of blanks', SSH.replaceAll(' ', '   ')],
    ['tabs', SSH.replaceAll(' ', '\t')],
    ['blanks around', `  ${SSH}\t `],
    ['CRLF', `${SSH}\r\n`],
    ['a byte order mark', `\uFEFF${SSH}`],
  ])('may have %s', (_, line) => {
    expect(parse(line)).toEqual(parse(SSH));
  });

  it.each([
    ['account-id', 'unknown'],
    ['account-id', '012345678901'],
    ['account-id', '29nnnnnnnn55'],
    ['interface-id', 'eni-9'],
    ['srcaddr', '2001:db8:1234:a100:8d6e:3477:df66:f105'],
    ['dstaddr', '::'],
  ] as const)('keeps the text of %s %s', (name, text) => {
    expect(recordOf(parse(withValue(name, text)))[name]).toBe(text);
  });

  it('keeps fields that AWS has not told of, as text', () => {
    const layout = parseFormat('srcaddr quantum-state');
    expect(parse('192.0.2.1 42', layout)).toEqual({
      kind: 'record',
      record: { srcaddr: '192.0.2.1', 'quantum-state': '42' },
    });
  });

  it.each([
    ['Caf%C3%A9%20%231', 'Café #1'],
    ['plain', 'plain'],
    ['100%25', '100%'],
    ['50%', '50%'],
    ['%C3%28', '%C3%28'],
    ['a+b', 'a+b'],
  ])('decodes the tag value %s', (text, value) => {
    expect(recordOf(parse(text, parseFormat('instance-tag')))['instance-tag']).toBe(value);
  });

  it('is valid without a start, without a version, in alphabetical order', () => {
    const fields = 'account-id action bytes dstaddr dstport end flow-direction interface-id log-status srcaddr';
    const line = '123456789012 REJECT 40 10.0.2.219 16350 1696117903 ingress eni-1 OK 192.0.2.150';
    expect(recordOf(parse(line, parseFormat(fields)))).toMatchObject({ action: 'REJECT', bytes: 40, dstport: 16350 });
  });
});

describe('the kind', () => {
  it.each([
    ['no-data', NO_DATA],
    ['skip-data', NO_DATA.replace('NODATA', 'SKIPDATA')],
    ['no-data', SSH.replace('OK', 'NODATA')],
    ['record', SSH.replace('OK', '-')],
    ['no-data', NO_DATA.replace('NODATA', '-')],
    ['blank', ''],
    ['blank', ' \t\r\n'],
  ])('is %s for "%s"', (kind, line) => {
    expect(parse(line).kind).toBe(kind);
  });

  it.each([
    ['record', 'interface-id srcaddr dstport', 'eni-1 - 443'],
    ['no-data', 'interface-id srcaddr dstport', 'eni-1 - -'],
    ['record', 'interface-id vpc-id', 'eni-1 -'],
    ['record', 'interface-id bytes', 'eni-1 0'],
  ])('without log-status is %s for %s = %s', (kind, fields, line) => {
    expect(parse(line, parseFormat(fields)).kind).toBe(kind);
  });
});

describe('a number', () => {
  it.each([
    ['srcport', '65535', 65_535],
    ['srcport', '0080', 80],
    ['protocol', '255', 255],
    ['version', '2147483647', 2_147_483_647],
    ['bytes', '9007199254740991', 9_007_199_254_740_991],
    ['bytes', '00000000000000000000000000000001', 1],
  ] as const)('%s %s is read', (name, text, value) => {
    expect(recordOf(parse(withValue(name, text)))[name]).toBe(value);
  });

  it.each([
    ['srcport', '65536'],
    ['protocol', '256'],
    ['version', '2147483648'],
    ['bytes', '9007199254740992'],
    ['bytes', '9007199254740993'],
    ['bytes', '99999999999999999999999999999999'],
    ['packets', '-1'],
    ['packets', '+1'],
    ['packets', '1.0'],
    ['packets', '1e3'],
    ['packets', '0x1'],
    ['packets', '١'],
    ['packets', '--'],
    ['start', 'eni-1'],
  ] as const)('%s %s is rejected', (name, text) => {
    const line = parse(withValue(name, text));
    expect(outcome(line)).toBe('bad-number');
    expect(line).toMatchObject({ detail: expect.stringContaining(`${name} is "${text}"`) });
  });
});

describe('a rejection', () => {
  it.each([
    ['field-count', SSH.slice(0, -3), 'expected 14 values, found 13'],
    ['field-count', `${SSH} more`, 'expected 14 values, found 15'],
    ['field-count', 'x', 'expected 14 values, found 1'],
    ['bad-number', withValue('dstport', 'ssh'), 'dstport is "ssh", not a whole number from 0 to 65535'],
    ['bad-address', withValue('srcaddr', '10.1'), 'srcaddr is "10.1", not an IPv4 or IPv6 address'],
    ['bad-address', withValue('srcaddr', '010.0.0.1'), 'srcaddr is "010.0.0.1", not an IPv4 or IPv6 address'],
    ['bad-address', withValue('dstaddr', 'fe80::1%eth0'), 'dstaddr is "fe80::1%eth0", not an IPv4 or IPv6 address'],
    ['bad-value', withValue('action', 'accept'), 'action is "accept", not one of ACCEPT, REJECT'],
    ['bad-value', withValue('log-status', 'OKAY'), 'log-status is "OKAY", not one of OK, NODATA, SKIPDATA'],
    ['bad-encoding', withValue('account-id', 'caf\uFFFD'), 'the line holds bytes that are not valid UTF-8'],
    ['not-a-flow-log', 'PK\u0003\u0004 data', 'the line holds control characters, as binary data does'],
  ])('is %s for %s', (reason, line, detail) => {
    expect(parse(line)).toEqual({ kind: 'rejected', reason, detail });
  });

  it('is of the number of values rather than of the first bad one', () => {
    expect(outcome(parse(`${withValue('dstport', 'ssh')} more`))).toBe('field-count');
  });

  it('is of the first bad value', () => {
    expect(outcome(parse(withValue('dstaddr', 'x').replace('ACCEPT', 'x')))).toBe('bad-address');
  });

  it('of a long value shows its beginning', () => {
    const { detail } = parse(withValue('dstport', 'x'.repeat(500))) as { detail: string };
    expect(detail).toBe(`dstport is "${'x'.repeat(79)}…", not a whole number from 0 to 65535`);
  });

  it('is of the length beyond what a record can have', () => {
    const longest = withValue('account-id', 'x'.repeat(MAX_LINE_LENGTH - SSH.length + 12));
    expect(longest.length).toBe(MAX_LINE_LENGTH);
    expect(outcome(parse(longest))).toBe('record');
    expect(outcome(parse(`${longest} `))).toBe('line-too-long');
  });

  it('stops nothing', () => {
    expect(parseAll([SSH, 'rubbish', SSH, '\u0000', SSH]).map(outcome)).toEqual([
      'record',
      'field-count',
      'record',
      'not-a-flow-log',
      'record',
    ]);
  });
});

describe('a header', () => {
  const CUSTOM = 'interface-id srcaddr';

  it('sets the layout wherever it occurs', () => {
    expect(parseAll([SSH, CUSTOM, 'eni-1 192.0.2.1', SSH, V2, SSH]).map(outcome)).toEqual([
      'record',
      'header',
      'record',
      'field-count',
      'header',
      'record',
    ]);
  });

  it('may follow blanks or a byte order mark', () => {
    expect(parseAll([`\uFEFF${CUSTOM}\r`, 'eni-1 192.0.2.1']).map(outcome)).toEqual(['header', 'record']);
    expect(parse(` \t${CUSTOM}`).kind).toBe('header');
  });

  it('that names a field twice leaves the lines after it without a layout, until a good one comes', () => {
    const parser = createLineParser(DEFAULT_LAYOUT);
    expect(parser.parse('srcaddr dstaddr srcaddr')).toEqual({
      kind: 'rejected',
      reason: 'duplicate-field',
      detail: 'the header names srcaddr twice',
    });
    expect(parser.layout).toBeNull();
    expect([SSH, '', 'a b c', CUSTOM, 'eni-1 192.0.2.1'].map((line) => outcome(parser.parse(line)))).toEqual([
      'unknown-layout',
      'blank',
      'unknown-layout',
      'header',
      'record',
    ]);
    expect(parser.layout?.fields).toEqual(['interface-id', 'srcaddr']);
  });

  it('is none when its first word is no field, or a value is no name', () => {
    const layout = parseFormat('ecs-service-name ecs-cluster-name');
    expect(outcome(parse('web production', layout))).toBe('record');
    expect(outcome(parse('start 10.0.0.1', layout))).toBe('record');
  });
});

describe('transit gateway records', () => {
  it.each([
    ['under their header', [TRANSIT_GATEWAY_FIELDS.join(' '), TRANSIT_GATEWAY], ['header', 'skipped']],
    ['without a header', [TRANSIT_GATEWAY, SSH], ['skipped', 'record']],
    ['after a bad header', ['end end', TRANSIT_GATEWAY], ['duplicate-field', 'skipped']],
    ['in another order', ['tgw-id srcaddr', 'tgw-1 10.0.0.1', V2, SSH], ['header', 'skipped', 'header', 'record']],
  ])('are set aside %s', (_, lines, outcomes) => {
    expect(parseAll(lines).map(outcome)).toEqual(outcomes);
  });

  it('are not meant by version 6 alone', () => {
    expect(outcome(parse('6 a b'))).toBe('field-count');
  });
});

describe('properties', () => {
  /** Values of a field as AWS writes them, with what they must be read as. */
  const arbitraryOf = (field: FieldDefinition): fc.Arbitrary<readonly [text: string, value: FieldValue]> => {
    const missing = fc.constant(['-', null] as const);
    if (field.values)
      return fc.oneof(
        missing,
        fc.constantFrom(...field.values).map((word) => [word, word] as const),
      );
    switch (field.type) {
      case 'int':
      case 'long':
      case 'seconds':
        return fc.oneof(
          missing,
          fc
            .maxSafeNat()
            .map((n) => n % (maximumOf(field) + 1))
            .map((n) => [String(n), n] as const),
        );
      case 'address':
        return fc.oneof(
          missing,
          fc.oneof(fc.ipV4(), fc.ipV6()).map((address) => [address, canonicalAddress(address)] as const),
        );
      case 'encoded-text':
        return fc
          .string({ unit: 'grapheme', minLength: 1 })
          .filter((tag) => tag !== '-' && !tag.includes('\uFFFD'))
          .map((tag) => [encodeURIComponent(tag), tag] as const);
      case 'text':
        return fc.oneof(
          missing,
          fc.stringMatching(/^[!-,.-~]+$/).map((text) => [text, text] as const),
        );
    }
  };

  const layoutAndValues = fc
    .shuffledSubarray<FieldDefinition>([...FIELDS], { minLength: 1 })
    .chain((fields) => fc.tuple(fc.constant(fields), fc.tuple(...fields.map(arbitraryOf))));

  it('a line of any values in any layout reads back as these values', () => {
    fc.assert(
      fc.property(layoutAndValues, fc.constantFrom(' ', '  ', '\t'), ([fields, values], gap) => {
        const names = fields.map((field) => field.name);
        const parser = createLineParser(DEFAULT_LAYOUT);
        expect(parser.parse(names.join(gap)).kind).toBe('header');
        const line = parser.parse(values.map(([text]) => text).join(gap));
        // A first value that happens to be a field's name could make a line of names: a header by definition.
        if (line.kind === 'header') return;
        expect(recordOf(line)).toEqual(Object.fromEntries(names.map((name, index) => [name, values[index]?.[1]])));
      }),
    );
  });

  it('no text makes the parser throw, and every line has one outcome', () => {
    const word = fc.oneof(
      fc.constantFrom(...FIELDS.map((field) => field.name)),
      fc.string(),
      fc.constantFrom('-', '6', 'tgw-1'),
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(word).map((words) => words.join(' ')),
    );
    fc.assert(
      fc.property(fc.array(text), (lines) => {
        for (const line of parseAll(lines)) {
          expect(['record', 'no-data', 'skip-data', 'header', 'blank', 'skipped', 'rejected']).toContain(line.kind);
        }
      }),
    );
  });

  it('exactly the digits up to the maximum are a number', () => {
    const layout = parseFormat('bytes');
    fc.assert(
      fc.property(
        fc.oneof(fc.bigInt({ min: 0n, max: 10n ** 20n }).map(String), fc.stringMatching(/^[0-9a-f.+-]{1,5}$/)),
        (text) => {
          const valid = /^[0-9]+$/.test(text) && BigInt(text) <= BigInt(Number.MAX_SAFE_INTEGER);
          const line = parse(text, layout);
          if (text === '-') expect(line.kind).toBe('no-data');
          else expect(line.kind === 'record' ? line.record.bytes : null).toBe(valid ? Number(text) : null);
        },
      ),
    );
  });
});
