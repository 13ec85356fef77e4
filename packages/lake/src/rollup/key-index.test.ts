/** Numbers of rows against a map of texts. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { KeyIndex } from './key-index.ts';

const value = fc.oneof(fc.integer({ min: -2, max: 3 }), fc.integer());

it('numbers distinct rows as they come, also after it forgot', () => {
  const rows = fc.array(fc.tuple(value, value, value), { minLength: 1, maxLength: 300 });
  fc.assert(
    fc.property(fc.array(rows, { minLength: 1, maxLength: 4 }), fc.nat(200), (runs, expected) => {
      const index = new KeyIndex(3, expected);
      let size = 0;
      for (const run of runs) {
        index.restart(expected);
        const numbers = new Map<string, number>();
        for (const row of run) {
          index.key.set(row);
          const known = numbers.get(row.join());
          expect(index.find()).toBe(known ?? -1);
          expect(index.add()).toBe(known ?? size);
          if (known === undefined) numbers.set(row.join(), size++);
          expect(index.size).toBe(size);
        }
      }
    }),
  );
});
