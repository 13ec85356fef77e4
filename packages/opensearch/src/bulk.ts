/**
 * Writing documents in bulk under ids of our own: `create`, so that a repeat is answered with a conflict instead of a
 * second document.
 *
 * Memory holds one request per lane. A request that fails as a whole, and items that are refused for lack of room, are
 * sent again after a pause; items that the mapping refuses are told to the caller and never sent again.
 */
import type { Answer, OpenSearch } from './client.ts';
import { OpenSearchError, reasonOf } from './client.ts';

export interface BulkDocument {
  readonly index: string;
  readonly id: string;
  /** JSON on one line. */
  readonly source: string;
}

export interface BulkOptions {
  /** Size at which a request is sent, in characters; the servers' own limit is 100 MB, their advice 5 to 15 MB. */
  readonly requestSize?: number;
  /** Requests under way at the same time. */
  readonly concurrency?: number;
  /** How often one request is sent at most. */
  readonly attempts?: number;
  /** Called for each document that the cluster refuses for good. */
  readonly onRejected?: (rejected: RejectedDocument) => void;
}

export interface RejectedDocument {
  readonly document: BulkDocument;
  readonly status: number;
  readonly reason: string;
}

export interface BulkResult {
  readonly created: number;
  /** Were there already, from an earlier run or a request whose answer was lost. */
  readonly existing: number;
  readonly rejected: number;
  readonly requests: number;
}

export interface BulkEffects {
  readonly sleep: (milliseconds: number) => Promise<void>;
}

const DEFAULTS = { requestSize: 5 * 1024 * 1024, concurrency: 2, attempts: 10, onRejected: () => undefined };

/** Longest pause between two attempts: with ten attempts a cluster may be gone for about four minutes. */
const MAX_PAUSE = 60_000;

/** Writes all documents. @throws OpenSearchError when the cluster stays away or refuses requests as such. */
export async function writeBulk(
  cluster: OpenSearch,
  documents: AsyncIterable<BulkDocument> | Iterable<BulkDocument>,
  options: BulkOptions,
  effects: BulkEffects,
): Promise<BulkResult> {
  const settings = { ...DEFAULTS, ...options };
  const total = { created: 0, existing: 0, rejected: 0, requests: 0 };
  const requests = toRequests(documents, settings.requestSize)[Symbol.asyncIterator]();

  const lane = async () => {
    for (let next = await requests.next(); !next.done; next = await requests.next()) {
      const part = await writeRequest(cluster, next.value, settings, effects);
      for (const key of ['created', 'existing', 'rejected', 'requests'] as const) total[key] += part[key];
    }
  };
  await Promise.all(Array.from({ length: settings.concurrency }, lane));
  return total;
}

async function* toRequests(
  documents: AsyncIterable<BulkDocument> | Iterable<BulkDocument>,
  requestSize: number,
): AsyncGenerator<BulkDocument[]> {
  let request: BulkDocument[] = [];
  let size = 0;
  for await (const document of documents) {
    request.push(document);
    size += document.source.length + document.index.length + document.id.length + 40;
    if (size >= requestSize) {
      yield request;
      request = [];
      size = 0;
    }
  }
  if (request.length > 0) yield request;
}

type Settings = Required<BulkOptions>;

async function writeRequest(
  cluster: OpenSearch,
  documents: readonly BulkDocument[],
  settings: Settings,
  effects: BulkEffects,
): Promise<BulkResult> {
  const total = { created: 0, existing: 0, rejected: 0 };
  let pending = documents;
  for (let attempt = 1; ; attempt += 1) {
    const outcome = await attemptRequest(cluster, pending, attempt === settings.attempts);
    total.created += outcome.created;
    total.existing += outcome.existing;
    total.rejected += outcome.rejected.length;
    for (const rejected of outcome.rejected) settings.onRejected(rejected);
    pending = outcome.again;
    if (pending.length === 0) return { ...total, requests: attempt };
    await effects.sleep(Math.min(MAX_PAUSE, 500 * 2 ** (attempt - 1)));
  }
}

interface Outcome {
  readonly created: number;
  readonly existing: number;
  readonly rejected: readonly RejectedDocument[];
  /** To be sent again. */
  readonly again: readonly BulkDocument[];
}

async function attemptRequest(
  cluster: OpenSearch,
  documents: readonly BulkDocument[],
  isLast: boolean,
): Promise<Outcome> {
  const nothing = { created: 0, existing: 0, rejected: [], again: documents };
  let answer: Answer;
  try {
    answer = await cluster.request('POST', '/_bulk', encodeRequest(documents));
  } catch (error) {
    if (isLast) throw error;
    return nothing;
  }
  if (answer.status === 200) return sortItems(documents, answer.body.items as readonly BulkItem[], isLast);
  if (!isLast && isPassing(answer.status)) return nothing;
  throw new OpenSearchError('opensearch-refused', `the cluster refused a bulk request: ${reasonOf(answer)}`);
}

function encodeRequest(documents: readonly BulkDocument[]): string {
  return documents
    .map(({ index, id, source }) => `{"create":{"_index":"${index}","_id":"${id}"}}\n${source}\n`)
    .join('');
}

interface BulkItem {
  readonly create: {
    readonly status: number;
    readonly error?: {
      readonly type: string;
      readonly reason: string;
      readonly caused_by?: { readonly reason: string };
    };
  };
}

/** Item `i` of the answer belongs to document `i` of the request. */
function sortItems(documents: readonly BulkDocument[], items: readonly BulkItem[], isLast: boolean): Outcome {
  const outcome = { created: 0, existing: 0, rejected: [] as RejectedDocument[], again: [] as BulkDocument[] };
  for (const [i, document] of documents.entries()) {
    const { status, error } = items[i]!.create;
    if (status === 201) outcome.created += 1;
    else if (status === 409) outcome.existing += 1;
    else if (isPassing(status) && !isLast) outcome.again.push(document);
    else
      outcome.rejected.push({
        document,
        status,
        reason: error?.caused_by?.reason ?? error?.reason ?? 'no reason given',
      });
  }
  return outcome;
}

/** Statuses of a cluster that is full or on its way back. */
const isPassing = (status: number): boolean => status === 429 || status >= 500;
