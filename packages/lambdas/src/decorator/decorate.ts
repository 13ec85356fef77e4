/**
 * The decorator: raw flow records in, enriched documents out, one result per record.
 *
 * In three passes over the batch: read every record; learn of interfaces that nothing is known of, all at once; enrich
 * and encode. Whatever is wrong with a record costs that record alone. Nothing depends on the time of day, so a batch
 * that Firehose sends again gives the same answer.
 */
import { createDocumentEncoder, type DocumentEncoder } from '@flowfit/core/document/encoder';
import { type EnrichmentSources, resolveAdded } from '@flowfit/core/enrich/enrich';
import { messageOf } from '@flowfit/core/errors';
import { type Layout, parseFormat } from '@flowfit/core/flow/format';
import type { FlowRecord } from '@flowfit/core/flow/record';
import type { Count, Log } from '../telemetry.ts';
import { checkTransformEvent, type TransformRecord, type TransformResponse } from './contract.ts';
import type { Inventory } from './inventory.ts';
import { createLayoutsParser } from './layouts.ts';
import { createRecordReader, type FailReason, type ReadRecord, type RecordReader } from './read.ts';
import { RESPONSE_LIMIT, ResponseBuilder } from './response.ts';
import { Tally } from './tally.ts';

export interface DecoratorConfiguration {
  /** Formats of the stream; empty = those of the flow logs in the inventory, or else AWS's default. */
  readonly layouts: readonly Layout[];
  /** What becomes of records that stand for an interval without packets. */
  readonly noData: 'drop' | 'keep';
  /** What becomes of records that stand for an interval of which AWS lost records. */
  readonly skipData: 'drop' | 'keep';
  readonly responseLimit?: number;
}

export interface DecoratorEffects {
  readonly inventory: Pick<Inventory, 'refresh' | 'learn' | 'interfaceAt' | 'instanceAt' | 'flowLogs'>;
  readonly locate: EnrichmentSources['locate'];
  readonly log: Log;
  readonly count: Count;
}

export type Decorator = (event: unknown) => Promise<TransformResponse>;

/** Makes the handler. @throws FlowfitError `not-a-transform` from the handler */
export function createDecorator(configuration: DecoratorConfiguration, effects: DecoratorEffects): Decorator {
  const { inventory, locate } = effects;
  const sources: EnrichmentSources = { interfaceAt: inventory.interfaceAt, instanceAt: inventory.instanceAt, locate };
  const encoder = createDocumentEncoder();
  const readerOf = createReaders(configuration, inventory);

  return async (event) => {
    const { records } = checkTransformEvent(event);
    await inventory.refresh();
    const reader = readerOf();
    const reads = records.map(({ data }) => readSafely(reader, data));
    await inventory.learn(interfaceIdsOf(reads));

    const response = new ResponseBuilder(records, configuration.responseLimit ?? RESPONSE_LIMIT);
    const tally = new Tally();
    for (let i = 0; i < records.length; i++) {
      decorate(records[i]!, reads[i]!, { configuration, sources, encoder, response, tally });
    }
    tally.report(effects);
    return response.toResponse();
  };
}

/** The reader for the formats in force; made anew only when the inventory names other ones. */
function createReaders({ layouts }: DecoratorConfiguration, inventory: Pick<Inventory, 'flowLogs'>) {
  let formats: string | null = null;
  let reader: RecordReader;
  return (): RecordReader => {
    const discovered = layouts.length > 0 ? [] : inventory.flowLogs.flatMap(({ logFormat }) => logFormat ?? []);
    const key = discovered.join(';');
    if (key !== formats) {
      reader = createRecordReader(createLayoutsParser(layouts.length > 0 ? layouts : discovered.map(parseFormat)));
      formats = key;
    }
    return reader;
  };
}

function readSafely(reader: RecordReader, data: string): ReadRecord {
  try {
    return reader.read(data);
  } catch (error) {
    return { kind: 'failed', reason: 'internal', detail: messageOf(error) };
  }
}

function* interfaceIdsOf(reads: readonly ReadRecord[]): Generator<string> {
  let last: unknown;
  for (const read of reads) {
    if (!('record' in read)) continue;
    const id = read.record['interface-id'];
    if (typeof id === 'string' && id !== last) yield id;
    last = id;
  }
}

interface Work {
  readonly configuration: DecoratorConfiguration;
  readonly sources: EnrichmentSources;
  readonly encoder: DocumentEncoder;
  readonly response: ResponseBuilder;
  readonly tally: Tally;
}

function decorate({ recordId }: TransformRecord, read: ReadRecord, work: Work): void {
  const { configuration, response, tally } = work;
  const policy = read.kind === 'no-data' ? configuration.noData : configuration.skipData;
  if (read.kind === 'dropped') {
    tally.dropped(read.reason);
    response.drop(recordId);
  } else if (read.kind === 'failed') {
    tally.failed(read.reason, read.detail);
    response.fail(recordId);
  } else if (read.kind !== 'record' && policy === 'drop') {
    tally.dropped(read.kind);
    response.drop(recordId);
  } else {
    write(recordId, read.record, work);
  }
}

function write(recordId: string, record: FlowRecord, { sources, encoder, response, tally }: Work): void {
  const { accepted, reason, detail } = tryWrite(recordId, record, sources, encoder, response);
  if (accepted) tally.decorated();
  else {
    tally.failed(reason, detail);
    response.fail(recordId);
  }
}

const ACCEPTED = { accepted: true, reason: 'internal', detail: '' } as const;
const NO_ROOM = {
  accepted: false,
  reason: 'response-full',
  detail: 'the response is at its limit; lower the buffer size of the transform',
} as const;

function tryWrite(
  recordId: string,
  record: FlowRecord,
  sources: EnrichmentSources,
  encoder: DocumentEncoder,
  response: ResponseBuilder,
): { readonly accepted: boolean; readonly reason: FailReason; readonly detail: string } {
  try {
    const length = encoder.encode(record, resolveAdded(record, sources));
    return response.accept(recordId, toBase64(encoder.memory, length)) ? ACCEPTED : NO_ROOM;
  } catch (error) {
    return { accepted: false, reason: 'internal', detail: messageOf(error) };
  }
}

let view: Buffer = Buffer.alloc(0);

/** The encoder's memory seen as a buffer; a new view only when the memory was replaced. */
function toBase64({ buffer }: Uint8Array, length: number): string {
  if (view.buffer !== buffer) view = Buffer.from(buffer);
  return view.toString('base64', 0, length);
}
