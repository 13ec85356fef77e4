/** What sets the inventory function to work: the schedule, or changes of the account by way of a queue. */

/** When the newest change among those that an event tells of happened, in milliseconds; null = no particular change. */
export function newestChangeOf(event: unknown): number | null {
  const messages = (event as { Records?: readonly { body?: unknown }[] } | null)?.Records;
  if (!Array.isArray(messages)) return null;
  const times = messages.map(({ body }) => timeOf(body));
  // One message without a readable time: the change may be newer than everything known.
  return times.some(Number.isNaN) || times.length === 0 ? null : Math.max(...times);
}

/** The queue carries EventBridge events as text; CloudTrail's own time is when the call was made. */
function timeOf(body: unknown): number {
  try {
    const event = JSON.parse(String(body)) as { time?: string; detail?: { eventTime?: string } } | null;
    return Date.parse(event?.detail?.eventTime ?? event?.time ?? '');
  } catch {
    return Number.NaN;
  }
}
