import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { toBatches } from './batches.ts';

it('keeps every record, in order, within the limits of a call', () => {
  const limits = { records: 5, bytes: 100, recordBytes: 80 };
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 80 })), (sizes) => {
      const records = sizes.map((size, index) => ({ index, data: new Uint8Array(size) }));
      const batches = [...toBatches(records, limits)];
      expect(batches.flat()).toEqual(records);
      for (const batch of batches) {
        expect(batch.length).toBeGreaterThan(0);
        expect(batch.length).toBeLessThanOrEqual(limits.records);
        expect(batch.reduce((sum, { data }) => sum + data.byteLength, 0)).toBeLessThanOrEqual(limits.bytes);
      }
      // No call that the next one would have fitted into.
      for (const [i, batch] of batches.slice(1).entries()) {
        const previous = batches[i]!;
        const together = [...previous, batch[0]!];
        const bytes = together.reduce((sum, { data }) => sum + data.byteLength, 0);
        expect(together.length > limits.records || bytes > limits.bytes).toBe(true);
      }
    }),
  );
});
