/** Sending a lake's records to OpenSearch: the daily index of each record's own day, ids from content. */
import { createDocumentEncoder } from '@flowfit/core/document/encoder';
import type { EnrichedFlow } from '@flowfit/core/enrich/enrich';
import { type BulkDocument, type BulkEffects, type BulkOptions, type BulkResult, writeBulk } from './bulk.ts';
import type { OpenSearch } from './client.ts';
import { documentIdOf } from './document-id.ts';
import { INDEX_PREFIX, indexOfDay } from './names.ts';

export interface BackfillOptions extends BulkOptions {
  readonly prefix?: string;
  /** Called after each record handed on, for a progress line. */
  readonly onRecord?: () => void;
}

export interface BackfillResult extends BulkResult {
  /** Records without `start`: they belong to no day. */
  readonly withoutTime: number;
}

/** Writes every flow once, however often it is called; memory does not grow with the number of flows. */
export async function backfill(
  cluster: OpenSearch,
  flows: AsyncIterable<EnrichedFlow>,
  options: BackfillOptions,
  effects: BulkEffects,
): Promise<BackfillResult> {
  let withoutTime = 0;
  async function* documents(): AsyncGenerator<BulkDocument> {
    for await (const flow of flows) {
      const seconds = timeOf(flow);
      options.onRecord?.();
      if (seconds === null) withoutTime += 1;
      else yield toBulkDocument(flow, seconds, options.prefix ?? INDEX_PREFIX);
    }
  }
  const result = await writeBulk(cluster, documents(), options, effects);
  return { ...result, withoutTime };
}

/** The document of a flow under the id of its content. */
export const toBulkDocument = (flow: EnrichedFlow, seconds: number, prefix: string): BulkDocument => ({
  index: indexOfDay(prefix, seconds),
  id: documentIdOf(flow),
  source: encodeFlow(flow),
});

const encoder = createDocumentEncoder();

const encodeFlow = (flow: EnrichedFlow): string => {
  const length = encoder.encodeFlow(flow);
  return Buffer.from(encoder.memory.buffer, 0, length).toString('latin1');
};

const timeOf = ({ start }: EnrichedFlow): number | null => (typeof start === 'number' ? start : null);
