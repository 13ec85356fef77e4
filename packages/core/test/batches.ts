/** Batches out of records, and records out of batches. */
import type { Dictionaries, FlowBatch } from '../src/flow/batch.ts';
import { BatchBuilders } from '../src/flow/batch-builder.ts';
import type { ReaderDictionaries } from '../src/flow/dictionaries.ts';
import type { FlowRecord } from '../src/flow/record.ts';

/** One batch of records that all have the same fields. */
export const batchOf = (records: readonly FlowRecord[], dictionaries: ReaderDictionaries): FlowBatch => {
  const batches: FlowBatch[] = [];
  const builders = new BatchBuilders({
    dictionaries,
    onBatch: (batch) => void batches.push(batch),
    rowsAtOnce: records.length,
  });
  const builder = builders.of(Object.keys(records[0] ?? {}));
  for (const record of records) {
    const row = builder.nextRow();
    for (const [index, field] of builder.fields.entries()) {
      const column = builder.columns[index];
      const value = record[field] ?? null;
      if (value === null) column?.setMissing(row);
      else if (!column?.write(value, row)) throw new Error(`${field} cannot be ${value}`);
    }
    builder.add();
  }
  builders.flush();
  const [batch] = batches;
  if (batch === undefined || batches.length > 1) throw new Error(`${batches.length} batches`);
  return batch;
};

export const recordAt = (batch: FlowBatch, row: number, dictionaries: Dictionaries): FlowRecord =>
  Object.fromEntries(
    batch.fields.map((field, index) => {
      const column = batch.columns[index];
      if (column?.holds === 'numbers') return [field, (column.values[row] as number) < 0 ? null : column.values[row]];
      const code = column?.codes[row] as number;
      return [field, code === 0 ? null : dictionaries.of(field).texts[code]];
    }),
  );
