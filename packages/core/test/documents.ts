/** Documents of records, by way of a batch. */
import { BatchDocuments } from '../src/document/batch-writer.ts';
import { BatchEnricher, type BatchSources } from '../src/enrich/batch.ts';
import { createDictionaries } from '../src/flow/dictionaries.ts';
import type { FlowRecord } from '../src/flow/record.ts';
import { batchOf } from './batches.ts';

/** Of records that all have the same fields, as JSON text. */
export const documentsOf = (records: readonly FlowRecord[], sources: BatchSources): string[] => {
  const dictionaries = createDictionaries();
  const enricher = new BatchEnricher(dictionaries, sources);
  const documents = new BatchDocuments(dictionaries, enricher);
  const batch = batchOf(records, dictionaries);
  const open = documents.open(batch, enricher.enrich(batch));
  return records.map((_, row) => {
    const length = documents.write(open, row);
    return String.fromCharCode(...documents.memory.subarray(0, length));
  });
};

export type Document = Readonly<Record<string, unknown>>;

/** Of one record, as a value. */
export const documentOf = (record: FlowRecord, sources: BatchSources): Document =>
  JSON.parse(documentsOf([record], sources)[0] as string) as Document;
