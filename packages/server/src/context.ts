/** What routes work with: everything outside comes from here. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Lake } from '@flowfit/lake/lake';
import type { FastifyBaseLogger, FastifyInstance, FastifyReply, RawServerDefault } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Analyses } from './analyses.ts';

/** What must stand wherever locations of a database are shown. */
export interface GeographyNotice {
  readonly name: string;
  /** ISO 8601. */
  readonly buildDate: string;
  readonly attribution: string;
  readonly url: string | null;
}

/** Locates single addresses; what is stored with the records needs no look-up. */
export interface Geography {
  readonly locate: (
    address: string,
  ) => { readonly countryCode: string | null; readonly countryName: string | null } | null;
  readonly notices: readonly GeographyNotice[];
}

export interface Context {
  readonly lake: Lake;
  readonly analyses: Analyses;
  /** Locates addresses that are shown, and says what must stand beside them. */
  readonly geography: Geography | null;
  /** Version of the product. */
  readonly version: string;
}

export type App = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;

/** Adds one route, or a few that belong together. */
export type Route = (app: App, context: Context) => void;

/** Aborts when the client goes away before its answer is complete: then nobody needs the query. */
export const signalOf = (reply: FastifyReply): AbortSignal => {
  const controller = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) controller.abort();
  });
  return controller.signal;
};
