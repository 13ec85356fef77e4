/** Which errors of an AWS call are worth another try. */

/** The parts of an SDK error that decide; every SDK exception and every socket error has them. */
interface ErrorFacts {
  readonly name?: string;
  readonly code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly $retryable?: { readonly throttling?: boolean };
}

/** Names that mean "later", whatever the status code (EC2 answers throttling with 503 and 400 alike). */
const TRANSIENT = new Set([
  'RequestLimitExceeded',
  'Throttling',
  'ThrottlingException',
  'ThrottledException',
  'RequestThrottled',
  'TooManyRequestsException',
  'LimitExceededException',
  'ServiceUnavailable',
  'ServiceUnavailableException',
  'InternalFailure',
  'InternalError',
  'SlowDown',
  'TimeoutError',
  'RequestTimeout',
  'ECONNRESET',
  'ECONNREFUSED',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

/** True when the same call may succeed later: throttling, server errors, time-outs, broken connections. */
export function isTransient(error: unknown): boolean {
  const facts = error as ErrorFacts;
  const status = facts?.$metadata?.httpStatusCode;
  return (
    TRANSIENT.has(facts?.name ?? '') ||
    TRANSIENT.has(facts?.code ?? '') ||
    facts?.$retryable !== undefined ||
    status === 429 ||
    (status !== undefined && status >= 500)
  );
}

/** The name AWS gave an error, else its class: what logs and reports show. */
export function errorCode(error: unknown): string {
  const facts = error as ErrorFacts;
  return facts?.name && facts.name !== 'Error' ? facts.name : (facts?.code ?? 'Error');
}

export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
