/**
 * `PutRecordBatch` and `PutRecord` as the service speaks them (AWS JSON 1.1, API of Amazon Data Firehose), limits
 * included: what the real SDK client talks to when its endpoint is this server.
 */
import { type LocalAnswer, type LocalRequest, type LocalServer, startLocalServer } from '../faulty-aws/http.ts';

/** The service's limits per call: records, bytes of all, bytes of one. */
export const SERVICE_LIMITS = { records: 500, bytes: 4 * 1024 * 1024, recordBytes: 1_024_000 } as const;

/** The answer for one record: accepted under an id, or refused with a code. */
export type PutAnswer = { readonly recordId: string } | { readonly code: string; readonly message: string };

/** The call fails as a whole. */
export interface CallFailure {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly hangUp?: boolean;
}

/** What stands behind the API: takes the records of one call. */
export type PutTarget = (
  stream: string,
  records: readonly Buffer[],
) => PutAnswer[] | CallFailure | Promise<PutAnswer[] | CallFailure>;

const json = (status: number, value: unknown, hangUp = false): LocalAnswer => ({
  status,
  contentType: 'application/x-amz-json-1.1',
  body: JSON.stringify(value),
  hangUp,
});

const failure = (status: number, code: string, message: string, hangUp = false): LocalAnswer =>
  json(status, { __type: code, message }, hangUp);

/** Starts the API on loopback. */
export function startFirehoseApi(target: PutTarget): Promise<LocalServer> {
  return startLocalServer(async (request) => {
    const operation = String(request.headers['x-amz-target'] ?? '').split('.')[1];
    if (operation !== 'PutRecordBatch') return failure(400, 'UnknownOperationException', `no operation ${operation}`);
    const { stream, records } = decodeCall(request);
    const broken = brokenLimit(records);
    if (broken) return failure(400, 'InvalidArgumentException', broken);
    const answer = await target(stream, records);
    if (!Array.isArray(answer)) return failure(answer.status, answer.code, answer.message, answer.hangUp);
    return json(200, encodeAnswer(answer));
  });
}

function decodeCall(request: LocalRequest): { stream: string; records: Buffer[] } {
  const call = JSON.parse(request.body.toString('utf8')) as {
    DeliveryStreamName: string;
    Records: readonly { Data: string }[];
  };
  return { stream: call.DeliveryStreamName, records: call.Records.map(({ Data }) => Buffer.from(Data, 'base64')) };
}

function brokenLimit(records: readonly Buffer[]): string | null {
  const bytes = records.reduce((sum, record) => sum + record.byteLength, 0);
  if (records.length === 0 || records.length > SERVICE_LIMITS.records) return `${records.length} records in a batch`;
  if (bytes > SERVICE_LIMITS.bytes) return `${bytes} bytes in a batch`;
  return records.some(({ byteLength }) => byteLength > SERVICE_LIMITS.recordBytes) ? 'a record is too large' : null;
}

function encodeAnswer(answers: readonly PutAnswer[]) {
  return {
    FailedPutCount: answers.filter((answer) => 'code' in answer).length,
    Encrypted: false,
    RequestResponses: answers.map((answer) =>
      'code' in answer ? { ErrorCode: answer.code, ErrorMessage: answer.message } : { RecordId: answer.recordId },
    ),
  };
}
