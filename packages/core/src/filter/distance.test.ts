import { expect, test } from 'vitest';
import { closest, editDistance } from './distance.ts';

test.each([
  ['', '', 0],
  ['', 'abc', 3],
  ['dstport', 'dstport', 0],
  ['dstprt', 'dstport', 1],
  ['scraddr', 'srcaddr', 1],
  ['kitten', 'sitting', 3],
  ['ca', 'abc', 3],
])('%s and %s are %i apart', (a, b, distance) => {
  expect(editDistance(a, b)).toBe(distance);
  expect(editDistance(b, a)).toBe(distance);
});

test('suggests only what may be a slip', () => {
  expect(closest('byte', ['packets', 'bytes'])).toBe('bytes');
  expect(closest('xyzzy', ['packets', 'bytes'])).toBeUndefined();
  expect(closest('b'.repeat(1000), ['bytes'])).toBeUndefined();
});
