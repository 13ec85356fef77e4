/**
 * The decorator: raw flow records in, enriched documents out, one result per record.
 *
 * In three passes over the event: read every record into columns; learn of interfaces that nothing is known of, all at
 * once; enrich and write. Whatever is wrong with a record costs that record alone. Nothing depends on the time of day, so
 * an event that Firehose sends again gives the same answer.
 *
 * What was found out of addresses, interfaces and words is kept from event to event, up to a bound.
 */
import { codesOf } from '@flowfit/core/enrich/columns';
import type { Locate } from '@flowfit/core/enrich/location';
import { messageOf } from '@flowfit/core/errors';
import { type Dictionaries, MISSING_CODE, ROW_KINDS } from '@flowfit/core/flow/batch';
import { createDictionaries } from '@flowfit/core/flow/dictionaries';
import { type Layout, parseFormat } from '@flowfit/core/flow/format';
import type { RecordKind } from '@flowfit/core/flow/record';
import type { Count, Log } from '../telemetry.ts';
import { checkTransformEvent, type TransformResponse } from './contract.ts';
import type { Inventory } from './inventory.ts';
import type { Row } from './layouts.ts';
import type { Part } from './parts.ts';
import { EventReader, type FailReason, type ReadRecord } from './read.ts';
import { RESPONSE_LIMIT, ResponseBuilder } from './response.ts';
import { Tally } from './tally.ts';
import { EventWriter } from './write.ts';

export interface DecoratorConfiguration {
  /** Formats of the stream; empty = those of the flow logs in the inventory, or else AWS's default. */
  readonly layouts: readonly Layout[];
  /** What becomes of records that stand for an interval without packets. */
  readonly noData: 'drop' | 'keep';
  /** What becomes of records that stand for an interval of which AWS lost records. */
  readonly skipData: 'drop' | 'keep';
  readonly responseLimit?: number;
  /** Distinct texts kept from event to event. */
  readonly mostTexts?: number;
}

export interface DecoratorEffects {
  readonly inventory: Pick<Inventory, 'refresh' | 'learn' | 'statesOf' | 'instanceStatesOf' | 'revision' | 'flowLogs'>;
  readonly locate: Locate;
  readonly log: Log;
  readonly count: Count;
}

export type Decorator = (event: unknown) => Promise<TransformResponse>;

/** With more, a function begins anew: that costs one slow event, and bounds its memory at some 50 MB. */
const MOST_TEXTS = 100_000;

/** Makes the handler. @throws FlowfitError `not-a-transform` from the handler */
export function createDecorator(configuration: DecoratorConfiguration, effects: DecoratorEffects): Decorator {
  const { inventory } = effects;
  const readerOf = createReaders(configuration, inventory);
  const writerOf = createWriters(effects);

  return async (event) => {
    const { records } = checkTransformEvent(event);
    await inventory.refresh();
    const reader = readerOf();
    const read = reader.read(records);
    await inventory.learn(interfaceIdsOf(read.parts, reader.dictionaries));
    const writer = writerOf(reader.dictionaries);
    writer.open(read.parts);

    const response = new ResponseBuilder(records, configuration.responseLimit ?? RESPONSE_LIMIT);
    const tally = new Tally();
    for (let i = 0; i < records.length; i++) {
      decorate(records[i]!.recordId, read.records[i]!, { configuration, writer, response, tally });
    }
    tally.report(effects);
    return response.toResponse();
  };
}

/** The reader for the formats in force; made anew when the inventory names other ones, or when it keeps too much. */
function createReaders(
  { layouts, mostTexts = MOST_TEXTS }: DecoratorConfiguration,
  inventory: Pick<Inventory, 'flowLogs'>,
) {
  let formats: string | null = null;
  let reader: EventReader;
  return (): EventReader => {
    const discovered = layouts.length > 0 ? [] : inventory.flowLogs.flatMap(({ logFormat }) => logFormat ?? []);
    const key = discovered.join(';');
    if (key !== formats || reader.dictionaries.size > mostTexts) {
      reader = new EventReader(layouts.length > 0 ? layouts : discovered.map(parseFormat), createDictionaries());
      formats = key;
    }
    return reader;
  };
}

/** The writer for the dictionaries of a reader; made anew with these, and when the inventory says something else. */
function createWriters({ inventory, locate }: DecoratorEffects) {
  const sources = {
    statesOf: (id: string) => inventory.statesOf(id),
    instanceStatesOf: (id: string) => inventory.instanceStatesOf(id),
    locate,
  };
  let known: { readonly dictionaries: Dictionaries; readonly revision: number; readonly writer: EventWriter } | null =
    null;
  return (dictionaries: Dictionaries): EventWriter => {
    const { revision } = inventory;
    if (known === null || known.dictionaries !== dictionaries || known.revision !== revision) {
      known = { dictionaries, revision, writer: new EventWriter(dictionaries, sources) };
    }
    return known.writer;
  };
}

/** Each once for each part. */
function* interfaceIdsOf(parts: readonly Part[], dictionaries: Dictionaries): Generator<string> {
  const { texts } = dictionaries.of('interface-id');
  for (const { batch } of parts) {
    const codes = codesOf(batch, 'interface-id');
    if (codes === null) continue;
    const seen = new Uint8Array(texts.length);
    seen[MISSING_CODE] = 1;
    for (let row = 0; row < batch.length; row++) {
      const code = codes[row] as number;
      if (seen[code] === 0) yield texts[code] as string;
      seen[code] = 1;
    }
  }
}

interface Work {
  readonly configuration: DecoratorConfiguration;
  readonly writer: EventWriter;
  readonly response: ResponseBuilder;
  readonly tally: Tally;
}

function decorate(recordId: string, read: ReadRecord, work: Work): void {
  const { response, tally } = work;
  switch (read.kind) {
    case 'dropped':
      tally.dropped(read.reason);
      response.drop(recordId);
      break;
    case 'failed':
      tally.failed(read.reason, read.detail);
      response.fail(recordId);
      break;
    case 'row':
      decorateRow(recordId, read, work);
  }
}

function decorateRow(recordId: string, { part, row }: Row, { configuration, writer, response, tally }: Work): void {
  const kind = ROW_KINDS[part.batch.kinds[row] as number] as RecordKind;
  if (kind !== 'record' && policyOf(kind, configuration) === 'drop') {
    tally.dropped(kind);
    response.drop(recordId);
    return;
  }
  const failure = tryWrite(recordId, part, row, writer, response);
  if (failure === null) tally.decorated();
  else {
    tally.failed(failure.reason, failure.detail);
    response.fail(recordId);
  }
}

const policyOf = (kind: Exclude<RecordKind, 'record'>, { noData, skipData }: DecoratorConfiguration) =>
  kind === 'no-data' ? noData : skipData;

interface Failure {
  readonly reason: FailReason;
  readonly detail: string;
}

const NO_ROOM: Failure = {
  reason: 'response-full',
  detail: 'the response is at its limit; lower the buffer size of the transform',
};

function tryWrite(
  recordId: string,
  part: Part,
  row: number,
  writer: EventWriter,
  response: ResponseBuilder,
): Failure | null {
  try {
    return response.accept(recordId, writer.write(part, row)) ? null : NO_ROOM;
  } catch (error) {
    return { reason: 'internal', detail: messageOf(error) };
  }
}
