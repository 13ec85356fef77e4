/**
 * The envelope in which CloudWatch Logs hands log events to a subscriber (User Guide, "Log group-level subscription
 * filters"): JSON, compressed, and for Lambda once more in base64.
 */
import { unzipSync } from 'node:zlib';
import { FlowfitError } from '@flowfit/core/errors';

export interface LogEvent {
  /** 56 digits, beyond 2^53: text. Equal on redelivery. */
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  readonly message: string;
}

export interface SubscriptionEnvelope {
  /** `CONTROL_MESSAGE` is a health check of the service and carries no log data. */
  readonly messageType: 'DATA_MESSAGE' | 'CONTROL_MESSAGE';
  readonly owner: string;
  readonly logGroup: string;
  readonly logStream: string;
  readonly subscriptionFilters: readonly string[];
  /** Present for account-level policies only. */
  readonly policyLevel?: string;
  readonly logEvents: readonly LogEvent[];
}

export type EnvelopeProblem = 'bad-compression' | 'bad-json' | 'not-an-envelope' | 'too-large';

/** An event that is no subscription envelope; the message names what was found and what was expected. */
export class EnvelopeError extends FlowfitError {
  override readonly name = 'EnvelopeError';

  constructor(code: EnvelopeProblem, message: string, options?: ErrorOptions) {
    super(code, `${code}: ${message}`, options);
  }
}

/** A subscriber gets at most 6 MB of compressed base64; what expands beyond this is a decompression bomb. */
export const MAX_ENVELOPE_BYTES = 128 * 1024 * 1024;

/** Decodes compressed bytes: gzip as the service sends it, and zlib as some senders do (told apart by their header). */
export function decodeEnvelope(compressed: Uint8Array, maxBytes = MAX_ENVELOPE_BYTES): SubscriptionEnvelope {
  return toEnvelope(parseJson(decompress(compressed, maxBytes)));
}

function decompress(compressed: Uint8Array, maxOutputLength: number): string {
  try {
    return unzipSync(compressed, { maxOutputLength }).toString('utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      throw new EnvelopeError('too-large', `the envelope expands to more than ${maxOutputLength} bytes`);
    }
    throw new EnvelopeError('bad-compression', 'awslogs.data is neither gzip nor zlib', { cause: error });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new EnvelopeError('bad-json', 'the decompressed envelope is not JSON', { cause: error });
  }
}

function toEnvelope(value: unknown): SubscriptionEnvelope {
  const envelope = value as Partial<SubscriptionEnvelope> | null;
  const { messageType, logEvents } = envelope ?? {};
  const known = messageType === 'DATA_MESSAGE' || messageType === 'CONTROL_MESSAGE';
  if (!known || !Array.isArray(logEvents) || !logEvents.every(isLogEvent)) {
    throw new EnvelopeError('not-an-envelope', 'expected messageType DATA_MESSAGE or CONTROL_MESSAGE and logEvents[]');
  }
  return envelope as SubscriptionEnvelope;
}

function isLogEvent(value: unknown): value is LogEvent {
  const event = value as Partial<LogEvent> | null;
  return typeof event?.message === 'string' && typeof event.id === 'string';
}
