/** The function `ingestor` as Lambda loads it: its clients, made once, and its handler. */
import { FirehoseClient } from '@aws-sdk/client-firehose';
import { putRecords } from '@flowfit/aws/firehose/put-records';
import { optional, required } from '../environment.ts';
import { powertools } from '../telemetry.ts';
import { createIngestor, type IngestorResult } from './ingest.ts';

const stream = required(process.env, 'DELIVERY_STREAM');
const { log, count, flush } = powertools('ingestor');
// Attempts are counted in one place, `putRecords`: with the client's own retries on top they would multiply.
const client = new FirehoseClient({ maxAttempts: 1 });

const ingest = createIngestor(
  { ownLogGroup: optional(process.env, 'AWS_LAMBDA_LOG_GROUP_NAME') },
  { put: (records) => putRecords(client, stream, records), log, count },
);

export async function handler(event: unknown): Promise<IngestorResult> {
  try {
    return await ingest(event);
  } finally {
    flush();
  }
}
