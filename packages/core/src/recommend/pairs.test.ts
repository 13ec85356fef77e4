import { expect, it } from 'vitest';
import { exactPairs, formatPairs } from './pairs.ts';

it('says sizes as people do, and exactly beside it', () => {
  expect([0, 1024, 99_999, 2 ** 32, 2 ** 48, 2 ** 96].map(formatPairs)).toEqual([
    '0',
    '1,024',
    '99,999',
    '4.29 billion',
    '281 trillion',
    '7.92 × 10^28',
  ]);
  expect([1, 2 ** 48, 2 ** 96].map(exactPairs)).toEqual([
    '1 address-port pair',
    '281,474,976,710,656 address-port pairs',
    '79,228,162,514,264,337,593,543,950,336 address-port pairs',
  ]);
});
