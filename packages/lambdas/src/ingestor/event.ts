/** The event that a CloudWatch Logs subscription invokes a function with. */

import { decodeEnvelope, type SubscriptionEnvelope } from '@flowfit/aws/cloudwatch-logs/envelope';
import { FlowfitError } from '@flowfit/core/errors';

function describe(event: unknown): string {
  if (typeof event !== 'object' || event === null) return String(typeof event);
  return `an object with ${Object.keys(event).slice(0, 5).join(', ') || 'no keys'}`;
}

/** @throws FlowfitError `not-a-subscription`, EnvelopeError */
export function decodeSubscriptionEvent(event: unknown): SubscriptionEnvelope {
  const data = (event as { awslogs?: { data?: unknown } } | null)?.awslogs?.data;
  if (typeof data !== 'string') {
    throw new FlowfitError(
      'not-a-subscription',
      `not-a-subscription: expected {"awslogs":{"data":"…"}} as a CloudWatch Logs subscription filter sends it, ` +
        `found ${describe(event)}; subscribe this function to the log group itself`,
    );
  }
  return decodeEnvelope(Buffer.from(data, 'base64'));
}
