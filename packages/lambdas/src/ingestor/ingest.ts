/**
 * The ingestor: one envelope of log events in, one Firehose record per event out.
 *
 * It answers only after every put was answered. What Firehose did not accept within the attempts fails the invocation,
 * so that Lambda repeats it and at last hands the event to the failure destination: nothing is lost by succeeding.
 */
import type { LogEvent, SubscriptionEnvelope } from '@flowfit/aws/cloudwatch-logs/envelope';
import type { PutResult } from '@flowfit/aws/firehose/put-records';
import { FlowfitError } from '@flowfit/core/errors';
import type { Count, Log } from '../telemetry.ts';
import { AcceptedEvents } from './accepted-events.ts';
import { decodeSubscriptionEvent } from './event.ts';

export interface IngestorEffects {
  /** Puts records to the delivery stream; see `putRecords`. */
  readonly put: (records: readonly Uint8Array[]) => Promise<PutResult>;
  readonly log: Log;
  readonly count: Count;
}

export interface IngestorConfiguration {
  /** The function's own log group: its events never enter the stream, or they would beget new ones for ever. */
  readonly ownLogGroup: string | null;
}

/** What one invocation did; also the function's answer. */
export interface IngestorResult {
  readonly events: number;
  readonly delivered: number;
  /** Why nothing was delivered, where that is as it should be. */
  readonly ignored?: 'control-message' | 'own-log-group';
  /** Events without text. */
  readonly blank: number;
  /** Events above Firehose's record limit: they stay in the log group and are named in the log. */
  readonly tooLarge: number;
  /** Events that an earlier, failed invocation had delivered. */
  readonly alreadyDelivered: number;
}

export type Ingestor = (event: unknown) => Promise<IngestorResult>;

/** Makes the handler. @throws FlowfitError from the handler: `not-a-subscription`, `undelivered`, EnvelopeError */
export function createIngestor(configuration: IngestorConfiguration, effects: IngestorEffects): Ingestor {
  const accepted = new AcceptedEvents();
  return async (event) => {
    const envelope = decodeSubscriptionEvent(event);
    const ignored = ignoreReason(envelope, configuration);
    if (ignored) {
      effects.count(ignored === 'control-message' ? 'ControlMessages' : 'OwnLogEvents', 1);
      return { events: 0, delivered: 0, ignored, blank: 0, tooLarge: 0, alreadyDelivered: 0 };
    }
    return deliver(envelope, accepted, effects);
  };
}

/** The type stands on the envelope; the single event of a control message looks like any other. */
function ignoreReason(envelope: SubscriptionEnvelope, configuration: IngestorConfiguration) {
  if (envelope.messageType === 'CONTROL_MESSAGE') return 'control-message';
  return envelope.logGroup === configuration.ownLogGroup ? 'own-log-group' : undefined;
}

async function deliver(
  { logEvents, logGroup, logStream }: SubscriptionEnvelope,
  accepted: AcceptedEvents,
  { put, log, count }: IngestorEffects,
): Promise<IngestorResult> {
  const filled = logEvents.filter(({ message }) => message.trim() !== '');
  const fresh = filled.filter(({ id }) => !accepted.has(id));
  const result = await put(fresh.map(({ message }) => Buffer.from(message)));

  count('LogEvents', logEvents.length);
  count('RecordsPut', result.delivered);
  count('RecordsResent', result.resent);
  count('RecordsTooLarge', result.tooLarge.length);
  count('RecordsUndelivered', result.undelivered.length);
  if (result.tooLarge.length > 0) {
    const events = idsAt(fresh, result.tooLarge);
    log.error('log events exceed the record limit of Firehose and stay in the log group', {
      logGroup,
      logStream,
      events,
    });
  }
  if (result.undelivered.length > 0) {
    const left = new Set(result.undelivered.map(({ index }) => index));
    accepted.remember(fresh.filter((_, index) => !left.has(index)).map(({ id }) => id));
    const { code, message } = result.undelivered[0]!;
    log.error('records were not accepted', { logGroup, logStream, undelivered: left.size, code, reason: message });
    throw new FlowfitError('undelivered', `undelivered: ${left.size} of ${fresh.length} records: ${code}: ${message}`);
  }
  accepted.forget(logEvents.map(({ id }) => id));
  return {
    events: logEvents.length,
    delivered: result.delivered,
    blank: logEvents.length - filled.length,
    tooLarge: result.tooLarge.length,
    alreadyDelivered: filled.length - fresh.length,
  };
}

const idsAt = (events: readonly LogEvent[], indices: readonly number[]) => indices.map((index) => events[index]!.id);
