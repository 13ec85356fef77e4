/**
 * The transform step of a delivery stream: invokes the function, tries again when it fails, and holds its answer to
 * the contract (Firehose Developer Guide, "Data transformation" and "Failure handling").
 */
export interface StreamRecord {
  readonly recordId: string;
  /** Milliseconds since 1970. */
  readonly arrival: number;
  readonly data: Buffer;
}

/** A record that the transform step could not bring further. */
export interface TransformFailure {
  readonly record: StreamRecord;
  readonly code: string;
  readonly message: string;
  readonly attempts: number;
}

export interface TransformOutcome {
  readonly documents: readonly { readonly record: StreamRecord; readonly data: Buffer }[];
  readonly dropped: number;
  readonly failures: readonly TransformFailure[];
}

/** What a function may answer at most: Lambda's synchronous payload. */
const RESPONSE_LIMIT = 6 * 1024 * 1024;

interface Result {
  readonly recordId: string;
  readonly result: string;
  readonly data?: string;
}

export interface TransformConfiguration {
  readonly streamArn: string;
  /** Tries after the first one; Firehose's default is 3. */
  readonly retries: number;
  readonly invoke: (event: unknown) => Promise<unknown>;
}

export async function transform(
  records: readonly StreamRecord[],
  { streamArn, retries, invoke }: TransformConfiguration,
): Promise<TransformOutcome> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const results = checkAnswer(await invoke(toEvent(records, streamArn, attempt)));
      return sortResults(records, results, attempt);
    } catch (error) {
      if (attempt <= retries) continue;
      const code = error instanceof BadAnswer ? error.code : 'Lambda.FunctionError';
      const message = error instanceof Error ? error.message.split('\n')[0]! : String(error);
      return {
        documents: [],
        dropped: 0,
        failures: records.map((record) => ({ record, code, message, attempts: attempt })),
      };
    }
  }
}

/** The same records in every attempt, under a new invocation id. */
function toEvent(records: readonly StreamRecord[], deliveryStreamArn: string, attempt: number) {
  return {
    invocationId: `${records[0]?.recordId ?? ''}-${attempt}`,
    deliveryStreamArn,
    region: deliveryStreamArn.split(':')[3],
    records: records.map(({ recordId, arrival, data }) => ({
      recordId,
      approximateArrivalTimestamp: arrival,
      data: data.toString('base64'),
    })),
  };
}

class BadAnswer extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** One bad result fails the whole batch, as an exception does. */
function checkAnswer(answer: unknown): readonly Result[] {
  const size = Buffer.byteLength(JSON.stringify(answer) ?? '');
  if (size > RESPONSE_LIMIT) throw new BadAnswer('Lambda.FunctionError', `Response size ${size} exceeds the limit`);
  const records = (answer as { records?: unknown } | null)?.records;
  if (!Array.isArray(records)) throw new BadAnswer('Lambda.InvalidReturnFormat', 'no list of records was returned');
  for (const { result, data } of records as Result[]) {
    if (!['Ok', 'Dropped', 'ProcessingFailed'].includes(result)) {
      throw new BadAnswer('Lambda.InvalidReturnFormat', `Invalid result ${result}`);
    }
    if (typeof data !== 'string') throw new BadAnswer('Lambda.InvalidReturnFormat', 'a record has no data');
    if (!/^[A-Za-z0-9+/]*={0,2}$/.test(data)) throw new BadAnswer('Lambda.FunctionError', 'data is not base64');
  }
  return records as Result[];
}

function sortResults(records: readonly StreamRecord[], results: readonly Result[], attempts: number): TransformOutcome {
  const byId = new Map<string, Result[]>();
  for (const result of results) byId.set(result.recordId, [...(byId.get(result.recordId) ?? []), result]);
  const outcome = {
    documents: [] as { record: StreamRecord; data: Buffer }[],
    dropped: 0,
    failures: [] as TransformFailure[],
  };
  for (const record of records) {
    const own = byId.get(record.recordId) ?? [];
    const failure = failureOf(own);
    if (failure) outcome.failures.push({ record, attempts, ...failure });
    else if (own[0]!.result === 'Dropped') outcome.dropped += 1;
    else outcome.documents.push({ record, data: Buffer.from(own[0]!.data!, 'base64') });
  }
  return outcome;
}

function failureOf(results: readonly Result[]): { code: string; message: string } | null {
  if (results.length === 0) {
    const message =
      'One or more record Ids were not returned. Ensure that the Lambda function returns all received record Ids.';
    return { code: 'Lambda.MissingRecordId', message };
  }
  if (results.length > 1) {
    const message =
      'Multiple records were returned with the same record Id. Ensure that the Lambda function returns a unique record Id for each record.';
    return { code: 'Lambda.DuplicatedRecordId', message };
  }
  if (results[0]!.result !== 'ProcessingFailed') return null;
  return { code: 'Lambda.ProcessingFailedStatus', message: 'ProcessingFailed status set for record' };
}
