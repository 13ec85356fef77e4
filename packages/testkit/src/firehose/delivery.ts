/**
 * The delivery step of a stream with an OpenSearch destination: bulk requests, the index of the day of arrival, ids
 * that stay the same over all attempts, tries until the retry duration is over.
 */
import type { DeliveryFailure } from './error-objects.ts';
import type { StreamRecord } from './transform.ts';

export interface Document {
  readonly record: StreamRecord;
  readonly data: Buffer;
}

export interface DeliveryConfiguration {
  /** Index name before the day. */
  readonly indexName: string;
  /** Milliseconds until an undelivered document is given up; Firehose's default is 300 s. */
  readonly retryFor: number;
  /** Sends a bulk request; rejects when nothing answers. */
  readonly bulk: (ndjson: string) => Promise<{ readonly status: number; readonly body: unknown }>;
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
}

interface Pending extends Document {
  readonly index: string;
  readonly code: string;
  readonly message: string;
}

const PAUSE = 1_000;

/** Delivers `documents`; returns those that could not be. */
export async function deliver(
  documents: readonly Document[],
  configuration: DeliveryConfiguration,
): Promise<DeliveryFailure[]> {
  const { indexName, retryFor, now, sleep } = configuration;
  const began = now();
  const failures: DeliveryFailure[] = [];
  let pending: readonly Pending[] = documents.map((document) => ({
    ...document,
    index: indexOfDay(indexName, document.record.arrival),
    code: '',
    message: '',
  }));
  for (let attempt = 1; pending.length > 0; attempt += 1) {
    const refused = await attemptBulk(pending, configuration);
    const isOver = now() - began >= retryFor;
    // What the mapping refuses is refused for ever: no retry duration helps it.
    const isFinal = ({ code }: Pending) => isOver || code.startsWith('4');
    failures.push(...refused.filter(isFinal).map((each) => toFailure(each, attempt)));
    pending = refused.filter((each) => !isFinal(each));
    if (pending.length > 0) await sleep(PAUSE);
  }
  return failures;
}

/** The suffix of daily rotation: UTC, by the time of arrival, not by that of the event. */
export const indexOfDay = (name: string, arrival: number): string =>
  `${name}-${new Date(arrival).toISOString().slice(0, 10)}`;

/** Derived from the record: an attempt whose answer was lost does not leave a second document. */
const documentIdOf = ({ recordId }: StreamRecord): string => `${recordId}.0`;

async function attemptBulk(documents: readonly Pending[], { bulk }: DeliveryConfiguration): Promise<Pending[]> {
  try {
    const { status, body } = await bulk(encodeBulk(documents));
    if (status !== 200)
      return documents.map((each) => ({ ...each, code: retryable(status), message: `HTTP ${status}` }));
    return sortItems(documents, (body as { items: readonly BulkItem[] }).items);
  } catch (error) {
    return documents.map((each) => ({ ...each, code: 'ES.ServiceException', message: String(error) }));
  }
}

interface BulkItem {
  readonly index: { readonly status: number; readonly error?: unknown };
}

function sortItems(documents: readonly Pending[], items: readonly BulkItem[]): Pending[] {
  return documents.flatMap((each, i) => {
    const { status, error } = items[i]!.index;
    return status < 300 ? [] : [{ ...each, code: retryable(status), message: JSON.stringify(error) }];
  });
}

/** A cluster without room, or one that is coming back, is tried again. */
const retryable = (status: number): string => (status === 429 || status >= 500 ? `ES.${status}` : String(status));

function encodeBulk(documents: readonly Pending[]): string {
  return documents
    .map(({ index, record, data }) => {
      const action = JSON.stringify({ index: { _index: index, _id: documentIdOf(record) } });
      return `${action}\n${data.toString('utf8')}\n`;
    })
    .join('');
}

const toFailure = ({ record, data, index, code, message }: Pending, attempts: number): DeliveryFailure => ({
  documentId: documentIdOf(record),
  index,
  arrival: record.arrival,
  data,
  code,
  message,
  attempts,
});
