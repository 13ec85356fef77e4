/** How long a client may take over a request: whoever sends a byte now and then must not keep a connection for ever. */
import type { Socket } from 'node:net';
import type { FastifyBaseLogger, FastifyHttpOptions, RawServerDefault } from 'fastify';

export interface TimeLimits {
  /** For the head of a request, and for all of it. */
  readonly headSeconds: number;
  readonly requestSeconds: number;
  /** Between two requests of a connection. */
  readonly keepAliveSeconds: number;
  /** Without a byte in either direction; longer than any answer may take to begin. */
  readonly silentSeconds: number;
}

/** A turn is waited for as long as a query may take. */
export const timeLimitsFor = (querySeconds: number): TimeLimits => ({
  headSeconds: 10,
  requestSeconds: 30,
  keepAliveSeconds: 60,
  silentSeconds: 2 * querySeconds + 30,
});

/** A filter may be long, and it stands in the address. */
const MAX_HEADER_BYTES = 64 * 1024;

export const connectionOptions = (limits: TimeLimits) => {
  const headersTimeout = limits.headSeconds * 1000;
  const requestTimeout = limits.requestSeconds * 1000;
  return {
    requestTimeout,
    keepAliveTimeout: limits.keepAliveSeconds * 1000,
    connectionTimeout: limits.silentSeconds * 1000,
    http: {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout,
      requestTimeout,
      // How often Node looks for connections that are too slow.
      connectionsCheckingInterval: Math.min(headersTimeout / 2, 5000),
    },
    clientErrorHandler: answerUnreadable,
  } satisfies FastifyHttpOptions<RawServerDefault>;
};

const ANSWERS: Readonly<Record<string, readonly [status: string, code: string, message: string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'request-slow', 'The request did not come in time. Send it again.'],
  HPE_HEADER_OVERFLOW: [
    '431 Request Header Fields Too Large',
    'request-large',
    'The head of the request is too large. Shorten the filter.',
  ],
};
const UNREADABLE = ['400 Bad Request', 'request-invalid', 'This is no HTTP request.'] as const;

/** The error itself is not logged: it holds the bytes that came, and a token may be among them. */
function answerUnreadable(this: { readonly log: FastifyBaseLogger }, error: ConnectionError, socket: Socket): void {
  this.log.debug({ code: error.code }, 'A connection was closed: no request could be read from it.');
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const [status, code, message] = ANSWERS[error.code ?? ''] ?? UNREADABLE;
  const body = JSON.stringify({ code, message });
  if (socket.writable) {
    socket.write(
      `HTTP/1.1 ${status}\r\ncontent-length: ${Buffer.byteLength(body)}\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n${body}`,
    );
  }
  socket.destroySoon();
}

type ConnectionError = Error & { readonly code?: string };
