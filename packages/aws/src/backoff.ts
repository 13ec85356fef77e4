/** Exponential backoff with full jitter, bounded in attempts: the one answer to throttling at every AWS edge. */

export interface Backoff {
  /** Calls in all, the first one included. */
  readonly attempts: number;
  /** Upper bound of the first pause, in milliseconds; it doubles with every attempt. */
  readonly base: number;
  /** Upper bound of any pause, in milliseconds. */
  readonly cap: number;
}

/** What waiting needs from the outside. */
export interface BackoffEffects {
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

export const systemBackoff: BackoffEffects = {
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  random: Math.random,
};

/**
 * The pause after failed attempt number `attempt` (1 = the first).
 *
 * Full jitter (uniform in [0, bound)): callers that were throttled together must not come back together.
 */
export function backoffDelay(attempt: number, backoff: Backoff, random: () => number): number {
  return random() * Math.min(backoff.cap, backoff.base * 2 ** (attempt - 1));
}
