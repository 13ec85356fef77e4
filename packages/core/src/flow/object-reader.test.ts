/** The byte reader against a reference that shares no code with it: split, regular expressions, one line at a time. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatAddress, parseAddress } from '../net/address.ts';
import { type FlowBatch, ROW_KINDS } from './batch.ts';
import { createDictionaries, type ReaderDictionaries } from './dictionaries.ts';
import { FIELDS } from './fields.ts';
import { DEFAULT_LAYOUT, type Layout } from './format.ts';
import { ObjectReader, type SetAside } from './object-reader.ts';

/** What an object holds: records as JSON with their kinds, and lines set aside as `line reason`. */
interface Content {
  readonly rows: string[];
  readonly setAside: string[];
}

const rowText = (kind: string, entries: readonly (readonly [string, unknown])[]): string =>
  `${kind} ${JSON.stringify([...entries].sort(([a], [b]) => (a < b ? -1 : 1)))}`;

const rowsOf = (batch: FlowBatch, dictionaries: ReaderDictionaries): string[] =>
  Array.from({ length: batch.length }, (_, row) => {
    const entries = batch.fields.map((field, index) => {
      const column = batch.columns[index];
      if (column?.holds === 'numbers') return [field, column.values[row] === -1 ? null : column.values[row]] as const;
      const code = column?.codes[row] ?? -1;
      return [field, code === 0 ? null : dictionaries.of(field).texts[code]] as const;
    });
    return rowText(ROW_KINDS[batch.kinds[row] ?? -1] ?? '', entries);
  });

const read = (bytes: Uint8Array, cuts: readonly number[] = [], rowsAtOnce = 3, layout = DEFAULT_LAYOUT): Content => {
  const dictionaries = createDictionaries();
  const rows: string[] = [];
  const setAside: SetAside[] = [];
  const sink = {
    batch: (batch: FlowBatch) => void rows.push(...rowsOf(batch, dictionaries)),
    setAside: (line: SetAside) => void setAside.push(line),
  };
  const reader = new ObjectReader({ layout, dictionaries, sink, rowsAtOnce });
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  for (let place = 1; place < places.length; place++) {
    const piece = bytes.slice(places[place - 1], places[place]);
    reader.push(piece);
    piece.fill(0);
  }
  reader.end();
  return { rows: rows.sort(), setAside: setAside.map(({ line, reason }) => `${line} ${reason}`) };
};

const NUMBERS = /^(version|srcport|dstport|protocol|packets|bytes|start|end|tcp-flags|traffic-path|encryption-status)$/;
const WORDS: Readonly<Record<string, RegExp>> = {
  action: /^(ACCEPT|REJECT)$/,
  'log-status': /^(OK|NODATA|SKIPDATA)$/,
  'flow-direction': /^(ingress|egress)$/,
};
const MAXIMA: Readonly<Record<string, bigint>> = { srcport: 65_535n, dstport: 65_535n, protocol: 255n };
const LONG = /^(packets|bytes|start|end)$/;
const TRAFFIC = [
  'srcaddr',
  'srcport',
  'dstport',
  'protocol',
  'packets',
  'bytes',
  'action',
  'type',
  'pkt-srcaddr',
  'pkt-dstaddr',
  'flow-direction',
];
const NAME = /^[a-z][a-z0-9]*([-_][a-z0-9]+)*$/;
const KNOWN = new Set<string>(FIELDS.map(({ name }) => name));
const isTransit = (name: string): boolean => /^(resource-type$|tgw-|packets-lost-)/.test(name);
const nameOf = (word: string): string => {
  const name = word.replaceAll('_', '-');
  return KNOWN.has(name) || isTransit(name) ? name : word;
};

const isHeader = (values: readonly string[]): boolean => {
  const first = nameOf(values[0] ?? '');
  return (KNOWN.has(first) || isTransit(first)) && values.every((value) => NAME.test(value));
};

/** A value, or the reason why it is none. */
const referenceValue = (name: string, text: string): { value: unknown } | { reason: string } => {
  if (text === '-') return { value: null };
  if (NUMBERS.test(name)) {
    const max = MAXIMA[name] ?? (LONG.test(name) ? 2n ** 53n - 1n : 2n ** 31n - 1n);
    return /^[0-9]+$/.test(text) && BigInt(text) <= max ? { value: Number(text) } : { reason: 'bad-number' };
  }
  const words = WORDS[name];
  if (words !== undefined) return words.test(text) ? { value: text } : { reason: 'bad-value' };
  if (/^(pkt-)?(src|dst)addr$/.test(name)) {
    const address = parseAddress(text);
    return address === null ? { reason: 'bad-address' } : { value: formatAddress(address) };
  }
  if (!/^(instance|interface|asg)-tag(-2)?$/.test(name)) return { value: text };
  try {
    return { value: decodeURIComponent(text) };
  } catch {
    return { value: text };
  }
};

const kindOf = (record: ReadonlyMap<string, unknown>): string => {
  const status = record.get('log-status');
  if (status === 'NODATA') return 'no-data';
  if (status === 'SKIPDATA') return 'skip-data';
  const traffic = TRAFFIC.filter((name) => record.has(name));
  const isEmpty = traffic.length > 0 && traffic.every((name) => record.get(name) === null);
  return status !== 'OK' && isEmpty ? 'no-data' : 'record';
};

const reference = (bytes: Uint8Array, layout: Layout = DEFAULT_LAYOUT): Content => {
  let names: readonly string[] | null = layout.fields;
  const content: Content = { rows: [], setAside: [] };
  const judge = (line: string): string | null => {
    const text = line.replace(/^\uFEFF/, '').replace(/^[ \t\r]+|[ \t\r]+$/g, '');
    return text === '' ? null : judgeFilled(line, text.split(/[ \t\r]+/));
  };
  const judgeFilled = (line: string, values: readonly string[]): string | null => {
    if (line.length > 65_536) return 'line-too-long';
    if (line.includes('\uFFFD')) return 'bad-encoding';
    if (isHeader(values)) {
      const found = values.map(nameOf);
      names = new Set(found).size < found.length ? null : found;
      return names === null ? 'duplicate-field' : null;
    }
    if (names?.some(isTransit)) return 'transit-gateway';
    const reason = names === null ? 'unknown-layout' : take(values, names);
    if (reason === null) return null;
    if (/^6[ \t\r]/.test(line.replace(/^[ \t\r]+/, '')) && values.some((value) => value.startsWith('tgw-')))
      return 'transit-gateway';
    return /[\x00-\x08\x0b\x0c\x0e-\x1f]/.test(line) ? 'not-a-flow-log' : reason;
  };
  const take = (values: readonly string[], fields: readonly string[]): string | null => {
    if (values.length !== fields.length) return 'field-count';
    const record = new Map<string, unknown>();
    for (const [index, name] of fields.entries()) {
      const value = referenceValue(name, values[index] as string);
      if ('reason' in value) return value.reason;
      record.set(name, value.value);
    }
    content.rows.push(rowText(kindOf(record), [...record]));
    return null;
  };
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes).replace(/^\uFEFF/, '');
  for (const [index, line] of text.split('\n').entries()) {
    const reason = judge(line);
    if (reason !== null) content.setAside.push(`${index + 1} ${reason}`);
  }
  content.rows.sort();
  return content;
};

const number = fc.oneof(
  fc.nat(70_000).map(String),
  fc.maxSafeNat().map(String),
  fc.bigInt({ min: 0n, max: 2n ** 70n }).map(String),
  fc.constantFrom(
    '0',
    '00',
    '0443',
    '2147483647',
    '2147483648',
    '9007199254740991',
    '9007199254740992',
    '1e3',
    '+1',
    '--',
  ),
);
const address = fc.oneof(
  fc.ipV4(),
  fc.ipV6(),
  fc.ipV4().map((quad) => `::ffff:${quad}`),
  fc.ipV6().map((text) => text.toUpperCase()),
  fc.constantFrom(
    '10.1',
    '010.0.0.1',
    '::',
    '1::',
    '::1',
    '2001:db8:0:0:0::1',
    'fe80::1%eth0',
    '1.2.3.4.',
    '::ffff:C000:0201',
  ),
);
const word = fc.constantFrom(
  'ACCEPT',
  'REJECT',
  'OK',
  'NODATA',
  'SKIPDATA',
  'ingress',
  'egress',
  'accept',
  'OKAY',
  'O',
  'tgw-1',
  '6',
);
const text = fc.oneof(
  fc.stringMatching(/^[!-,.-z|}~]{1,20}$/),
  fc.constantFrom(
    'eni-0123456789abcdef0',
    'Caf%C3%A9',
    '%41',
    '%',
    '%2D',
    'café',
    '\u00a0',
    '\uFEFFx',
    'a\u0001b',
    '\u000b',
    '\u0000',
    '😀',
    '\uFFFD',
  ),
);
const valueFor = (name: string): fc.Arbitrary<string> => {
  const likely = NUMBERS.test(name) ? number : /addr$/.test(name) ? address : name in WORDS ? word : text;
  return fc.oneof(
    { weight: 20, arbitrary: likely },
    { weight: 6, arbitrary: fc.constant('-') },
    { weight: 1, arbitrary: fc.oneof(number, address, word, text) },
  );
};
const gap = fc.oneof(
  { weight: 8, arbitrary: fc.constant(' ') },
  { weight: 1, arbitrary: fc.constantFrom('  ', '\t', ' \r ') },
);
const names = fc.uniqueArray(
  fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom(...FIELDS.map(({ name }) => name)) },
    { weight: 1, arbitrary: fc.constantFrom('quantum-state', 'x', 'pkt_x', 'tgw-id') },
  ),
  { minLength: 1, maxLength: 16 },
);
const lineFor = (fields: readonly string[]): fc.Arbitrary<string> =>
  fc
    .tuple(
      fc.tuple(...fields.map(valueFor)),
      fc.array(gap, { minLength: fields.length, maxLength: fields.length }),
      fc.constantFrom('', '', '', ' ', '\r', '\uFEFF'),
    )
    .map(
      ([values, gaps, edge]) =>
        (edge === '\uFEFF' ? edge : '') +
        values.map((value, index) => (index === 0 ? value : `${gaps[index]}${value}`)).join('') +
        (edge === '\uFEFF' ? '' : edge),
    );
const section = names.chain((fields) =>
  fc.tuple(
    fc.constantFrom(fields.join(' '), fields.join('\t').replaceAll('-', '_'), `${fields.join(' ')} ${fields[0]}`),
    fc.array(
      fc.oneof(
        { weight: 12, arbitrary: lineFor(fields) },
        {
          weight: 1,
          arbitrary: fc.constantFrom('', ' \t', 'x', '6 a tgw-1', 'start end start', 'region start', '- - -'),
        },
      ),
      { maxLength: 12 },
    ),
  ),
);
const objects = fc
  .tuple(fc.boolean(), fc.array(section, { maxLength: 4 }), fc.boolean())
  .map(([hasMark, sections, hasEnd]) => {
    const lines = sections.flatMap(([header, rest]) => [header, ...rest]);
    return (hasMark ? '\uFEFF' : '') + lines.filter((line) => !/^\s*[{[]/.test(line)).join('\n') + (hasEnd ? '\n' : '');
  });
/** Bytes that are replaced: `[place, byte]`. No brackets, which would begin JSON. */
const damage = fc.array(
  fc.tuple(
    fc.nat(),
    fc.integer({ min: 0, max: 255 }).filter((byte) => byte !== 123 && byte !== 91),
  ),
  { maxLength: 3 },
);
const encode = (object: string): Uint8Array => new TextEncoder().encode(object);
const damaged = (bytes: Uint8Array, places: readonly (readonly [number, number])[]): Uint8Array => {
  if (bytes.length > 0) for (const [place, byte] of places) bytes[place % bytes.length] = byte;
  return bytes;
};

describe('an object of text', () => {
  it('is read as the reference reads it, whatever its layouts, damage and pieces', () => {
    fc.assert(
      fc.property(
        objects,
        damage,
        fc.array(fc.nat(), { maxLength: 6 }),
        fc.integer({ min: 1, max: 9 }),
        (object, places, cuts, rows) => {
          const bytes = damaged(encode(object), places);
          // A bracket may begin a line once a byte before it has become a line end.
          fc.pre(!/(^|\n)[ \t\r]*[{[]/.test(new TextDecoder().decode(bytes)));
          expect(read(bytes, cuts, rows)).toEqual(reference(bytes));
        },
      ),
      { numRuns: 1500 },
    );
  });

  it('is read the same when every byte is a piece', () => {
    fc.assert(
      fc.property(objects, (object) => {
        const bytes = encode(object);
        expect(read(bytes, Array.from(bytes.keys()))).toEqual(read(bytes));
      }),
      { numRuns: 50 },
    );
  });
});
