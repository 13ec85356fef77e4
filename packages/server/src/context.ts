/** What routes work with: everything outside comes from here. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { GeoDatabase } from '@flowfit/geo/database';
import type { Lake } from '@flowfit/lake/lake';
import type { FastifyBaseLogger, FastifyInstance, FastifyReply, RawServerDefault } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';

export interface Context {
  readonly lake: Lake;
  /** Locates addresses that are shown, and says what must stand beside them. */
  readonly geography: GeoDatabase | null;
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
