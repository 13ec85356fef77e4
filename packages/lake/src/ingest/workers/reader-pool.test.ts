/** What threads read is what this one reads. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Dictionaries, FlowBatch } from '@flowfit/core/flow/batch';
import { createDictionaries } from '@flowfit/core/flow/dictionaries';
import { DEFAULT_LAYOUT } from '@flowfit/core/flow/format';
import type { SetAside } from '@flowfit/core/flow/object-reader';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { HEADER, line, lines, text } from '../../testing/records.ts';
import { temporaryFolder } from '../../testing/temporary.ts';
import { type Damage, readText, type TextObject } from '../read.ts';
import { CodeTranslator, ReaderPool } from './reader-pool.ts';

let pool: ReaderPool;
beforeAll(async () => {
  pool = await ReaderPool.open();
});
afterAll(async () => {
  await pool.close();
});

/** The rows of batches, with texts for codes. */
const rowsOf = (batches: readonly FlowBatch[], dictionaries: Dictionaries): string[] =>
  batches.flatMap(({ fields, length, kinds, columns, hashes }) =>
    Array.from({ length }, (_, row) => {
      const values = columns.map((column, index) =>
        column.holds === 'numbers'
          ? column.values[row]
          : dictionaries.of(fields[index] as string).texts[column.codes[row] as number],
      );
      return JSON.stringify([fields, kinds[row], values, hashes[2 * row], hashes[2 * row + 1]]);
    }),
  );

interface Reading {
  readonly rows: string[];
  readonly setAside: SetAside[];
  readonly damage: Damage[];
}

const reading = async (
  read: (options: {
    onSetAside: (line: SetAside) => void;
    onDamage: (damage: Damage) => void;
  }) => AsyncIterable<FlowBatch>,
  dictionaries: Dictionaries,
): Promise<Reading> => {
  const batches: FlowBatch[] = [];
  const setAside: SetAside[] = [];
  const damage: Damage[] = [];
  const options = { onSetAside: (one: SetAside) => setAside.push(one), onDamage: (one: Damage) => damage.push(one) };
  for await (const batch of read(options)) batches.push(batch);
  return { rows: rowsOf(batches, dictionaries), setAside, damage };
};

const layout = DEFAULT_LAYOUT;

const here = async (object: TextObject): Promise<Reading> => {
  const dictionaries = createDictionaries();
  return await reading((options) => readText(object, { ...options, layout, dictionaries }), dictionaries);
};

const there = async (objects: readonly TextObject[], generation: number): Promise<Reading[]> => {
  const dictionaries = createDictionaries();
  const codes = new CodeTranslator(dictionaries);
  return await Promise.all(
    objects.map((object) =>
      reading((options) => pool.read(object, { ...options, layout, codes, generation }), dictionaries),
    ),
  );
};

const put = async (name: string, content: string | Uint8Array): Promise<TextObject> => {
  const path = join(await temporaryFolder(), name);
  await writeFile(path, content);
  return { path, source: name, compression: typeof content === 'string' ? 'none' : 'gzip' };
};

it('gives the same rows, lines set aside and damage, whichever thread reads', async () => {
  const many = text(HEADER, ...lines(0, 70_000));
  const objects = [
    await put('a', many),
    await put('b', gzipSync(text(HEADER, line(1), 'odd', ...lines(5, 3000)))),
    await put('c', text(JSON.stringify({ message: line(7) }), '{"srcaddr": "2001:DB8::0001", "team": "red"}')),
    await put('d', gzipSync(many).subarray(0, 200_000)),
    await put('e', '\n'),
  ];
  const expected = await Promise.all(objects.map(here));
  expect(expected.map(({ damage }) => damage.length)).toEqual([0, 0, 0, 1, 0]);
  expect(await there(objects, 1)).toEqual(expected);
  // With what the threads know from before, and without.
  expect(await there(objects, 2)).toEqual(expected);
  expect(await there([...objects].reverse(), 3)).toEqual([...expected].reverse());
});

it('ends when nobody takes what it reads any more', async () => {
  const object = await put('a', [HEADER, ...lines(0, 400_000)].join('\n'));
  const codes = new CodeTranslator(createDictionaries());
  const ignore = () => undefined;
  const options = { layout, codes, generation: 9, onSetAside: ignore, onDamage: ignore };
  for await (const batch of pool.read(object, options)) {
    expect(batch.length).toBeGreaterThan(0);
    break;
  }
  // The thread is free again.
  const [next] = await there([await put('b', text(HEADER, line(1)))], 10);
  expect(next?.rows).toHaveLength(1);
});

it('fails with what a thread fails with', async () => {
  const object = await put('a', text(HEADER, line(1)));
  const codes = new CodeTranslator(createDictionaries());
  const ignore = () => undefined;
  const options = { layout: null as never, codes, generation: 11, onSetAside: ignore, onDamage: ignore };
  await expect(pool.read(object, options).next()).rejects.toThrow(TypeError);
});
