import { expect, it } from 'vitest';
import { paced } from './paced.ts';

/** A clock that only sleeping moves. */
const clock = () => {
  let time = 0;
  return {
    time: () => time,
    now: () => new Date(time),
    sleep: async (milliseconds: number) => {
      time += milliseconds;
    },
  };
};

const lines = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => `${from + index}\n`).join('');

it('gives every line in its order, at the rate asked for', async () => {
  const { time, ...effects } = clock();
  const texts: string[] = [];
  for await (const text of paced([lines(0, 30), lines(30, 100)], 100, effects)) texts.push(text);
  expect(texts.join('')).toBe(lines(0, 100));
  expect(texts).toHaveLength(20);
  // The first five lines come at once, the last five after 950 ms.
  expect(time()).toBeCloseTo(950);
});

it('makes up for a reader that stalled', async () => {
  const { time, ...effects } = clock();
  let count = 0;
  for await (const _ of paced([lines(0, 100)], 100, effects)) if (count++ === 3) await effects.sleep(400);
  expect(time()).toBeCloseTo(950);
});

it('does not wait without a rate', async () => {
  const { time, ...effects } = clock();
  for await (const text of paced([lines(0, 10)], 0, effects)) expect(text).toBe(lines(0, 10));
  expect(time()).toBe(0);
});
