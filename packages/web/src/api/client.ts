/** The HTTP API as the page calls it. */
import type { ErrorBody } from '@flowfit/server/contract/common';

/** An answer that is an error, or none at all. */
export class ApiFailure extends Error {
  readonly code: string;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: string, message: string, details: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.name = 'ApiFailure';
    this.code = code;
    this.details = details;
  }
}

export type Parameters = Readonly<Record<string, string | number | undefined>>;

/** Address of a route; empty parameters are left out. */
export const apiUrl = (path: string, parameters: Parameters = {}): string => {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined && value !== '') query.set(name, String(value));
  }
  const text = query.toString();
  return `/api/v1/${path}${text === '' ? '' : `?${text}`}`;
};

/** @param revision of the lake that the page shows; the answer is about its newest state without, or when it is gone */
export const getJson = async <Answer>(
  path: string,
  parameters: Parameters,
  signal: AbortSignal,
  revision?: string,
): Promise<Answer> =>
  (await (await answered(apiUrl(path, parameters), { signal, headers: ofRevision(revision) })).json()) as Answer;

export const postJson = async <Answer>(
  path: string,
  parameters: Parameters,
  body: unknown,
  options: PostOptions = {},
): Promise<Answer> => (await (await post(path, parameters, body, options)).json()) as Answer;

/** An answer that is a file to keep. */
export const postForFile = async (
  path: string,
  parameters: Parameters,
  body: unknown,
  options: PostOptions = {},
): Promise<NamedFile> => {
  const response = await post(path, parameters, body, options);
  const [, name = path] = /filename="([^"]+)"/.exec(response.headers.get('content-disposition') ?? '') ?? [];
  return { name, content: await response.blob() };
};

export interface NamedFile {
  readonly name: string;
  readonly content: Blob;
}

interface PostOptions {
  readonly signal?: AbortSignal;
  /** As for `getJson`. */
  readonly revision?: string | undefined;
}

const post = async (
  path: string,
  parameters: Parameters,
  body: unknown,
  { signal, revision }: PostOptions,
): Promise<Response> =>
  await answered(apiUrl(path, parameters), {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...ofRevision(revision) },
    body: JSON.stringify(body),
    ...(signal === undefined ? {} : { signal }),
  });

const ofRevision = (revision: string | undefined): Record<string, string> =>
  revision === undefined ? {} : { 'flowfit-revision': revision };

/** A busy server says when to ask again. */
const MAX_RETRIES = 5;
const MAX_RETRY_AFTER_SECONDS = 10;

/** @throws ApiFailure unless it is answered well */
const answered = async (url: string, init: RequestInit): Promise<Response> => {
  let response = await send(url, init);
  for (let retry = 1; retry <= MAX_RETRIES && response.status === 503; retry += 1) {
    const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
    if (!(seconds > 0)) break;
    await pause(Math.min(seconds, MAX_RETRY_AFTER_SECONDS) * 1000, init.signal ?? undefined);
    response = await send(url, init);
  }
  if (response.ok) return response;
  const body = (await response.json().catch(() => null)) as ErrorBody | null;
  throw new ApiFailure(
    body?.code ?? 'internal',
    body?.message ?? `The server answered ${response.status}.`,
    body?.details,
  );
};

const send = async (url: string, init: RequestInit): Promise<Response> =>
  await fetch(url, init).catch((error: unknown) => {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiFailure('unreachable', 'The server does not answer. Is "flowfit serve" still running?');
  });

const pause = async (milliseconds: number, signal: AbortSignal | undefined): Promise<void> => {
  await new Promise<void>((resolve, reject) => {
    const leave = (): void => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', leave);
      resolve();
    }, milliseconds);
    signal?.addEventListener('abort', leave, { once: true });
  });
};
