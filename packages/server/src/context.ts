/** What routes work with: everything outside comes from here. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Lake } from '@flowfit/lake/lake';
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { Analyses } from './analyses.ts';
import { Recommendations } from './tighten/recommendations.ts';
import { Access, type AccessOptions } from './turns/access.ts';

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
  readonly access: Access;
  readonly analyses: Analyses;
  readonly recommendations: Recommendations;
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

export interface ContextOptions extends AccessOptions {
  readonly geography?: Geography | undefined;
  readonly version: string;
}

export const contextOf = (lake: Lake, { geography, version, ...options }: ContextOptions): Context => {
  const access = new Access(lake, options);
  const analyses = new Analyses(access);
  return {
    access,
    analyses,
    recommendations: new Recommendations(access, analyses),
    geography: geography ?? null,
    version,
  };
};
