/** The event that a CloudWatch Logs subscription invokes a function with. */
import { decodeEnvelope, type SubscriptionEnvelope } from '@flowfit/aws/cloudwatch-logs/envelope';

/** The function was invoked by something else than a subscription filter. */
export class NotASubscriptionError extends Error {
  override readonly name = 'NotASubscriptionError';
  readonly code = 'not-a-subscription';
  constructor(event: unknown) {
    super(
      `not-a-subscription: expected {"awslogs":{"data":"…"}} as a CloudWatch Logs subscription filter sends it, ` +
        `found ${describe(event)}; subscribe this function to the log group itself`,
    );
  }
}

function describe(event: unknown): string {
  if (typeof event !== 'object' || event === null) return String(typeof event);
  return `an object with ${Object.keys(event).slice(0, 5).join(', ') || 'no keys'}`;
}

/** @throws NotASubscriptionError, EnvelopeError */
export function decodeSubscriptionEvent(event: unknown): SubscriptionEnvelope {
  const data = (event as { awslogs?: { data?: unknown } } | null)?.awslogs?.data;
  if (typeof data !== 'string') throw new NotASubscriptionError(event);
  return decodeEnvelope(Buffer.from(data, 'base64'));
}
