/** Requests to a cluster, reduced to what setup and bulk writing need. */
import { FlowfitError } from '@flowfit/core/errors';
import { Client, type ClientOptions, errors } from '@opensearch-project/opensearch';

export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: the body's shape depends on the request, its reader names it
  readonly body: any;
}

export interface OpenSearch {
  /** Sends `body` as JSON, or, given as text, as NDJSON. Resolves for every status; rejects when nothing answers. */
  readonly request: (method: string, path: string, body?: object | string) => Promise<Answer>;
  readonly close: () => Promise<void>;
}

/** The cluster did something other than what was asked. */
export class OpenSearchError extends FlowfitError {
  override readonly name = 'OpenSearchError';

  constructor(code: 'opensearch-unreachable' | 'opensearch-refused', message: string, options?: ErrorOptions) {
    super(code, message, options);
  }
}

/**
 * Opens a cluster by its address; credentials may stand in it. `options` go to the client as they are: a signer for
 * domains with IAM (`AwsSigv4Signer`), a CA certificate, a proxy.
 */
export function openOpenSearch(url: string, options: ClientOptions = {}): OpenSearch {
  // Retries are the callers': they know what may be repeated, and for how long.
  const client = new Client({ node: url, maxRetries: 0, requestTimeout: 60_000, ...options });
  return {
    request: async (method, path, body) => {
      const payload = typeof body === 'string' ? { bulkBody: body } : body === undefined ? {} : { body };
      try {
        const { statusCode, body: answer } = await client.transport.request({ method, path, ...payload });
        return { status: statusCode ?? 0, body: answer };
      } catch (error) {
        if (error instanceof errors.ResponseError) return { status: error.statusCode ?? 0, body: error.body };
        const reason = error instanceof Error ? error.message : String(error);
        throw new OpenSearchError('opensearch-unreachable', `${hostOf(url)} does not answer: ${reason}`, {
          cause: error,
        });
      }
    },
    close: () => client.close(),
  };
}

/** The address without credentials, for messages. */
const hostOf = (url: string) => new URL(url).origin;

/** The reason in an error answer, in one line. */
export function reasonOf({ status, body }: Answer): string {
  const reason = body?.error?.reason ?? body?.error ?? body?.message ?? 'no reason given';
  return `${status} ${typeof reason === 'string' ? reason : JSON.stringify(reason)}`;
}
