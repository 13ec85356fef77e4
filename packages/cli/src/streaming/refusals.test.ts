import { expect, it } from 'vitest';
import { createRefusals } from './refusals.ts';

it('counts by reason, the most frequent first', () => {
  const refusals = createRefusals();
  for (const reason of ['no room', 'not an address', 'not an address']) refusals.add(reason);
  expect(refusals.list()).toEqual([
    { reason: 'not an address', count: 2 },
    { reason: 'no room', count: 1 },
  ]);
});

it('keeps no more than a hundred reasons, and counts the others together', () => {
  const refusals = createRefusals();
  for (let i = 0; i < 150; i += 1) refusals.add(`document ${i}`);
  refusals.add('document 0');
  expect(refusals.list()).toHaveLength(101);
  expect(refusals.list().slice(0, 2)).toEqual([
    { reason: 'other reasons', count: 50 },
    { reason: 'document 0', count: 2 },
  ]);
});
