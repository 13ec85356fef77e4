/** Columns of a batch by what they hold. */
import { columnOfBatch, type FlowBatch } from '../flow/batch.ts';

/** Codes of a field that is not numeric; null where the batch lacks it. */
export const codesOf = (batch: FlowBatch, field: string): Int32Array | null => {
  const column = columnOfBatch(batch, field);
  return column?.holds === 'codes' ? column.codes : null;
};

/** Numbers of a numeric field; null where the batch lacks it. */
export const numbersOf = (batch: FlowBatch, field: string): Int32Array | Float64Array | null => {
  const column = columnOfBatch(batch, field);
  return column?.holds === 'numbers' ? column.values : null;
};
