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

export const getJson = async <Answer>(path: string, parameters: Parameters, signal: AbortSignal): Promise<Answer> =>
  await request<Answer>(apiUrl(path, parameters), { signal });

export const postJson = async <Answer>(path: string, body: unknown): Promise<Answer> =>
  await request<Answer>(apiUrl(path), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

const request = async <Answer>(url: string, init: RequestInit): Promise<Answer> => {
  const response = await fetch(url, init).catch((error: unknown) => {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiFailure('unreachable', 'The server does not answer. Is "flowfit serve" still running?');
  });
  if (response.ok) return (await response.json()) as Answer;
  const body = (await response.json().catch(() => null)) as ErrorBody | null;
  throw new ApiFailure(
    body?.code ?? 'internal',
    body?.message ?? `The server answered ${response.status}.`,
    body?.details,
  );
};
