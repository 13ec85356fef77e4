/** The server's log: what went wrong, and on request every answer. Never a secret: tokens are left out. */
import { randomBytes } from 'node:crypto';
import type { FastifyRequest } from 'fastify';

/** `info` has every request. */
export type LogLevel = 'error' | 'warn' | 'info' | 'debug';

export interface Log {
  readonly level: LogLevel;
  /** `json`: one object a line, for programs; `text`: for a person. */
  readonly form: 'json' | 'text';
  /** Takes one or more whole lines. */
  readonly write: (text: string) => void;
}

/** What went wrong, on stderr. */
export const DEFAULT_LOG: Log = { level: 'warn', form: 'text', write: (text) => void process.stderr.write(text) };

export const toLoggerOptions = ({ level, form, write }: Log) => ({
  level,
  // No headers: they hold the cookie and the authorization.
  serializers: { req: ({ method, url, ip }: FastifyRequest) => ({ method, url: withoutToken(url), client: ip }) },
  stream: { write: (line: string) => write(form === 'json' ? line : toText(line)) },
});

/** Stands in the log, in the header `x-request-id` and in errors. */
export const newRequestId = (): string => randomBytes(6).toString('hex');

/** However the name of the parameter is spelt. */
const withoutToken = (url: string): string => {
  const [path, query] = url.split(/\?(.*)/s);
  if (query === undefined) return url;
  const pairs = query.split('&').map((pair) => {
    const [name = ''] = new URLSearchParams(pair).keys();
    return name === 'token' ? 'token=…' : pair;
  });
  return `${path}?${pairs.join('&')}`;
};

const NAMES: Readonly<Record<number, string>> = { 20: 'debug', 30: 'info', 40: 'warning', 50: 'error', 60: 'error' };

interface Line {
  readonly level: number;
  readonly time: number;
  readonly msg?: string;
  readonly reqId?: string;
  readonly req?: { readonly method: string; readonly url: string };
  readonly res?: { readonly statusCode: number };
  readonly responseTime?: number;
  readonly err?: { readonly message: string; readonly stack?: string };
}

/** Filters may be long; `json` has them whole. */
const MAX_SHOWN = 200;

const shortened = (url: string): string => (url.length > MAX_SHOWN ? `${url.slice(0, MAX_SHOWN)}…` : url);

const toText = (line: string): string => {
  const { level, time, msg, reqId, req, res, responseTime, err } = JSON.parse(line) as Line;
  const words = [
    new Date(time).toISOString().slice(0, 19).replace('T', ' '),
    `${NAMES[level] ?? level}:`,
    msg,
    req === undefined ? undefined : `${req.method} ${shortened(req.url)}`,
    res?.statusCode,
    responseTime === undefined ? undefined : `${Math.round(responseTime)} ms`,
    reqId === undefined ? undefined : `(request ${reqId})`,
  ];
  const cause = err === undefined ? '' : `\n  ${(err.stack ?? err.message).replaceAll('\n', '\n  ')}`;
  return `${words.filter((word) => word !== undefined && word !== '').join(' ')}${cause}\n`;
};
