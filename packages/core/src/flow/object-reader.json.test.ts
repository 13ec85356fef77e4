/** JSON, documents, long lines and tables through the reader of objects. */
import { describe, expect, it } from 'vitest';
import type { FlowBatch } from './batch.ts';
import { createDictionaries } from './dictionaries.ts';
import { DEFAULT_LAYOUT } from './format.ts';
import { MAX_LINE_LENGTH } from './line-reader.ts';
import { ObjectReader, type SetAside } from './object-reader.ts';

const SSH = '2 123456789012 eni-abc123de 192.0.2.9 10.0.0.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK';
const EVENT = JSON.stringify({ message: SSH });
const ANSWER = JSON.stringify({ events: [{ message: SSH }, { message: '?' }] }, null, 2);

interface Result {
  readonly lengths: number[];
  readonly batches: FlowBatch[];
  readonly setAside: SetAside[];
}

const open = () => {
  const result: Result = { lengths: [], batches: [], setAside: [] };
  const sink = {
    batch: (batch: FlowBatch) => {
      result.batches.push(batch);
      result.lengths.push(batch.length);
    },
    setAside: (line: SetAside) => void result.setAside.push(line),
  };
  const reader = new ObjectReader({ layout: DEFAULT_LAYOUT, dictionaries: createDictionaries(), sink });
  return { reader, result };
};

const read = (text: string, { step = text.length, isCutOff = false } = {}): Result => {
  const { reader, result } = open();
  const bytes = new TextEncoder().encode(text);
  for (let from = 0; from < bytes.length; from += step) reader.push(bytes.subarray(from, from + step));
  reader.end({ isCutOff });
  return result;
};

const rows = ({ lengths }: Result): number => lengths.reduce((sum, length) => sum + length, 0);
const reasons = ({ setAside }: Result): string[] => setAside.map(({ line, reason }) => `${line} ${reason}`);

describe.each([1, 7, 1 << 20])('in pieces of %d bytes', (step) => {
  it.each([
    ['lines of text and JSON', `${SSH}\n${EVENT}\n{"x":1}\n${SSH}`, 3, ['3 not-a-flow-log']],
    ['objects without line ends', `${EVENT}${EVENT}\n${EVENT}{`, 3, ['2 bad-json']],
    ['a byte order mark before JSON', `\uFEFF${EVENT}\n${EVENT}`, 2, []],
    ['a byte order mark inside', `${SSH}\n\uFEFF${SSH}`, 2, []],
    ['an answer over many lines', ANSWER, 1, ['1 field-count']],
    ['a list over many lines', `[\n${EVENT},\n${EVENT}\n]`, 2, []],
    ['answers one after the other', `${ANSWER}\n${ANSWER}\n`, 2, ['1 field-count', '1 field-count']],
    ['lines of which the first is cut off', `{"message":"2 12\n${EVENT}\n${EVENT}\n`, 2, ['1 bad-json']],
    ['text behind JSON that never ends', `{\n${SSH}\n${SSH}`, 2, ['1 bad-json']],
    ['an empty list, then lines', `[]\n${EVENT}`, 1, []],
  ])('reads %s', (_, text, expected, expectedReasons) => {
    const result = read(text, { step });
    expect(rows(result)).toBe(expected);
    expect(reasons(result)).toEqual(expectedReasons);
  });
});

it('passes over the last line of an object that is cut off', () => {
  expect(rows(read(`${SSH}\n${SSH}`, { isCutOff: true }))).toBe(1);
  expect(reasons(read(`${SSH}\n2 123`, { isCutOff: true }))).toEqual([]);
  expect(rows(read(`{"message":"2 12\n${EVENT}\n${EVENT}`, { isCutOff: true }))).toBe(1);
});

it.each([
  ['text', 'x', 'more than the 65536 characters a record can have'],
  ['JSON', '{', 'no complete JSON text'],
])('reads on after a long line of %s', (_, beginning, detail) => {
  const result = read(`${SSH}\n${beginning}${'x'.repeat(4 * MAX_LINE_LENGTH)}\n${SSH}\n`, { step: 10_000 });
  expect(rows(result)).toBe(2);
  expect(result.setAside).toMatchObject([{ line: 2, detail: expect.stringContaining(detail) }]);
  expect(result.setAside[0]?.text).toHaveLength(4096);
});

it('keeps what many sets of fields hold bounded, and loses nothing', () => {
  const lines = Array.from({ length: 2000 }, (_, n) => JSON.stringify({ srcaddr: '192.0.2.1', [`x${n % 700}`]: n }));
  expect(rows(read(lines.join('\n')))).toBe(2000);
});

it('judges each row of a table by itself', () => {
  const { reader, result } = open();
  reader.pushRows(
    ['srcaddr', 'bytes', 'x'],
    [
      ['192.0.2.1', '::ffff:192.0.2.1', 'localhost', '-'],
      [1n, 2, 3, 2n ** 53n],
      [true, null, '', { a: 1 }],
    ],
    11,
  );
  reader.end();
  expect(result.batches[0]?.columns[0]).toMatchObject({ codes: expect.objectContaining({ 0: 1, 1: 1 }) });
  expect(rows(result)).toBe(2);
  expect(result.setAside).toMatchObject([
    { line: 13, reason: 'bad-address', text: '{"srcaddr":"localhost","bytes":3,"x":""}' },
    { line: 14, reason: 'bad-number', detail: expect.stringContaining('bytes is "9007199254740992"') },
  ]);
});
