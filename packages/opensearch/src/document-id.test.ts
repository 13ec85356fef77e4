import { expect, it } from 'vitest';
import { flow } from '../test/flows.ts';
import { documentIdOf } from './document-id.ts';

it('is the same for the same record, whatever was added to it', () => {
  const id = documentIdOf(flow(7));
  expect(id).toMatch(/^[\w-]{27}$/);
  expect(documentIdOf(flow(7))).toBe(id);
  expect(documentIdOf({ ...flow(7), direction: null, 'security-group-ids': ['sg-1'], 'source-city': 'x' })).toBe(id);
});

it('does not depend on the order of the fields', () => {
  const reversed = Object.fromEntries(Object.entries(flow(7)).reverse()) as ReturnType<typeof flow>;
  expect(documentIdOf(reversed)).toBe(documentIdOf(flow(7)));
});

it('differs when any field of the record differs', () => {
  const ids = new Set(Array.from({ length: 1_000 }, (_, n) => documentIdOf(flow(n))));
  expect(ids.size).toBe(1_000);
  expect(documentIdOf({ ...flow(7), 'new-field': 'x' })).not.toBe(documentIdOf(flow(7)));
});
