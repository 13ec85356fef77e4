import { describe, expect, it } from 'vitest';
import type { FlowBatch } from './batch.ts';
import { createDictionaries } from './dictionaries.ts';
import { DEFAULT_LAYOUT } from './format.ts';
import { ObjectReader } from './object-reader.ts';
import { hashOfText, RowHashes } from './row-hash.ts';

const SSH = '2 123456789012 eni-abc123de 192.0.2.9 10.0.0.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK';
const LARGE = SSH.replace('4249', '9007199254740991');
const NO_DATA = '2 123456789012 eni-abc123de - - - - - - - 1431280876 1431280934 - NODATA';

/** Hashes of the records in some text, as 16 hexadecimal digits, the high half first. */
const hashes = (text: string): string[] => {
  const found: string[] = [];
  const batch = ({ hashes: halves, length }: FlowBatch) => {
    for (let row = 0; row < length; row++) {
      found.push(
        BigInt.asUintN(64, (BigInt(halves[2 * row + 1] ?? 0) << 32n) | BigInt(halves[2 * row] ?? 0)).toString(16),
      );
    }
  };
  const sink = {
    batch,
    setAside: ({ detail }: { detail: string }) => {
      throw new Error(detail);
    },
  };
  const reader = new ObjectReader({ layout: DEFAULT_LAYOUT, dictionaries: createDictionaries(), sink });
  reader.push(new TextEncoder().encode(text));
  reader.end();
  return found;
};

const duplicatesIn = (hashes: BigUint64Array | Uint32Array): number => {
  const sorted = hashes.slice().sort();
  let count = 0;
  for (let place = 1; place < sorted.length; place++) if (sorted[place] === sorted[place - 1]) count++;
  return count;
};

describe('the hash of a record', () => {
  it('never changes: lakes keep it', () => {
    expect(
      hashes(`${SSH}\n${LARGE}\n${NO_DATA}\nsrcaddr instance-tag x\n2001:db8::1 Caf%C3%A9 y`),
    ).toMatchInlineSnapshot(`
      [
        "de636d759ad62ec7",
        "64529ab4fd4c159e",
        "64a7331630109b1a",
        "dbc350fb97c69dcf",
      ]
    `);
    expect([hashOfText(''), hashOfText('ACCEPT')]).toMatchInlineSnapshot(`
      [
        [
          0,
          -2114883783,
        ],
        [
          -59493144,
          -2077138541,
        ],
      ]
    `);
  });

  it('is the same whatever the order of fields and the spelling of addresses', () => {
    const [first, second, third] = hashes(
      [
        'srcaddr dstport x',
        '::ffff:192.0.2.1 0443 -',
        'dstport x srcaddr',
        '443 - 192.0.2.1',
        '{"dstport":"443","srcaddr":"192.0.2.1","x":null}',
      ].join('\n'),
    );
    expect(second).toBe(first);
    expect(third).toBe(first);
  });

  it('differs where a value or a name does', () => {
    const different = [
      'srcaddr dstport',
      '192.0.2.1 0',
      '192.0.2.1 -',
      '192.0.2.1 1',
      '192.0.2.2 1',
      'dstaddr dstport',
      '192.0.2.1 0',
      'dstaddr srcport',
      '192.0.2.1 0',
      'dstaddr srcport dstport',
      '192.0.2.1 0 -',
      '192.0.2.1 - 0',
      'bytes',
      '0',
      '4294967296',
      '8589934592',
      'packets',
      '0',
    ].join('\n');
    const found = hashes(different);
    expect(found).toHaveLength(12);
    expect(new Set(found).size).toBe(12);
  });

  it.each([
    ['one after the other', (row: number) => [row, 0, 0, 0]],
    ['in two fields', (row: number) => [row & 2047, row >> 11, 0, 0]],
    ['in the highest bits', (row: number) => [(row & 2047) << 20, (row >> 11) << 20, 0, 0]],
    ['in large numbers', (row: number) => [0, 0, (row & 2047) * 2 ** 32, (row >> 11) * 2 ** 40]],
    ['in all fields', (row: number) => [row & 31, (row >> 5) & 31, (row >> 10) & 63, row >> 16]],
  ])('differs for two million records that are near each other: %s', { timeout: 30_000 }, (_, valuesOf) => {
    const length = 2 ** 21;
    const columns = [new Int32Array(length), new Int32Array(length)] as const;
    const longs = [new Float64Array(length), new Float64Array(length)] as const;
    for (let row = 0; row < length; row++) {
      const values = valuesOf(row);
      for (const [place, column] of [...columns, ...longs].entries()) column[row] = values[place] as number;
    }
    const rows = new RowHashes(length, hashOfText('names'));
    for (const column of columns) rows.addInts(column);
    for (const column of longs) rows.addLongs(column);
    const halves = rows.finish();
    expect(duplicatesIn(new BigUint64Array(halves.buffer))).toBe(0);
    // Each half alone is as good as 32 bits can be: of two million, about 512 meet by chance.
    for (const half of [0, 1]) {
      expect(duplicatesIn(Uint32Array.from({ length }, (_, row) => halves[2 * row + half] as number))).toBeLessThan(
        800,
      );
    }
  });
});
