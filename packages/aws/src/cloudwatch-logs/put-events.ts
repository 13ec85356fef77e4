/** Writing records to a log group, as flow logs do: what drives a deployed pipeline with simulated traffic. */
import {
  type CloudWatchLogsClient,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { errorCode } from '../errors.ts';

export interface LogStreamName {
  readonly logGroupName: string;
  readonly logStreamName: string;
}

/** Limits of `PutLogEvents`: events, and bytes with 26 for each event. */
const MAX_EVENTS = 10_000;
const MAX_BYTES = 1_048_576;
const EVENT_OVERHEAD = 26;

/** Creates the stream unless it is there. The group must exist. */
export async function ensureLogStream(client: Pick<CloudWatchLogsClient, 'send'>, name: LogStreamName): Promise<void> {
  try {
    await client.send(new CreateLogStreamCommand(name));
  } catch (error) {
    if (errorCode(error) !== 'ResourceAlreadyExistsException') throw error;
  }
}

/** Puts `messages` with one `timestamp` (milliseconds), in as few calls as the limits allow. Returns the calls made. */
export async function putLogEvents(
  client: Pick<CloudWatchLogsClient, 'send'>,
  name: LogStreamName,
  messages: Iterable<string>,
  timestamp: number,
): Promise<number> {
  let calls = 0;
  for (const batch of toCalls(messages)) {
    const logEvents = batch.map((message) => ({ message, timestamp }));
    await client.send(new PutLogEventsCommand({ ...name, logEvents }));
    calls += 1;
  }
  return calls;
}

function* toCalls(messages: Iterable<string>): Generator<string[]> {
  let batch: string[] = [];
  let bytes = 0;
  for (const message of messages) {
    const size = Buffer.byteLength(message) + EVENT_OVERHEAD;
    if (batch.length === MAX_EVENTS || (batch.length > 0 && bytes + size > MAX_BYTES)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(message);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}
