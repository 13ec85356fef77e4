import { expect, it } from 'vitest';
import { laterCutOf } from './example.ts';
import { formatLaterShare, formatLess, formatNumbers, laterCutInWords } from './words.ts';

it('says how much less is open', () => {
  expect([
    formatLess(1000, 1000),
    formatLess(1000, 630),
    formatLess(2 ** 32, 2 ** 12),
    formatLess(8, 0),
    formatLess(8, 10),
  ]).toEqual(['as today', '37 % less', '1.05 million times less', 'nothing left open', '2 more than today']);
});

it('tells nothing cut from nothing to cut', () => {
  expect([laterCutOf(0, 5321), laterCutOf(1, 1), laterCutOf(0, 0)].map(laterCutInWords)).toEqual([
    '0 of 5,321 later connections cut',
    '1 of 1 later connection cut',
    'no later connections to hold it against',
  ]);
  expect([laterCutOf(0, 5321), laterCutOf(21, 5321), laterCutOf(0, 0)].map(formatLaterShare)).toEqual([
    '0 %',
    '0.4 %',
    '–',
  ]);
});

it('says numbers of rules as ranges, while they are few', () => {
  expect([[3], [1, 2, 3], [7, 2, 5, 6], [1, 3, 5, 7]].map(formatNumbers)).toEqual(['3', '1–3', '2, 5–7', '4 rules']);
});
