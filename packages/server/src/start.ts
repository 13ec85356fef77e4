/** Starts the server: on this machine alone unless told otherwise, and never open to others without a token. */
import type { AddressInfo } from 'node:net';
import type { Lake } from '@flowfit/lake/lake';
import { createApp } from './app.ts';
import { contextOf, type Geography } from './context.ts';
import { ApiError } from './errors.ts';
import type { Log } from './log.ts';
import { isLoopback } from './safety/host.ts';
import { checkTokenStrength } from './safety/token.ts';

export interface ServerOptions {
  readonly lake: Lake;
  /** Address to listen on; 127.0.0.1 unless told. */
  readonly host?: string;
  /** 0 = any free port. */
  readonly port?: number;
  /** Needed on every address but loopback. */
  readonly token?: string;
  /** Further names that the server may be addressed by. */
  readonly allowedHosts?: readonly string[];
  /** Folder of the built web app. */
  readonly webRoot?: string;
  readonly geography?: Geography;
  readonly version: string;
  /** Where the log goes; warnings and errors to stderr unless told. */
  readonly log?: Log;
  /** What a query may take. */
  readonly querySeconds?: number;
  /** What conversations may take in memory, within what DuckDB may; 0 = all questions are asked of the files. */
  readonly residentBytes?: number;
}

export interface RunningServer {
  /** What a person opens, the token included where there is one. */
  readonly url: string;
  readonly port: number;
  /** Resolves when the conversations are in memory, with how many there are and what they take; null where none are. */
  loaded(): Promise<{ readonly rows: number; readonly bytes: number } | null>;
  /** Ends open connections and their queries, then resolves. The lake stays open: it is the caller's. */
  close(): Promise<void>;
}

const DEFAULT_PORT = 4680;

/** More than its share (see `Resident`) where DuckDB has the 1,100 MB that it has unless told. */
export const DEFAULT_RESIDENT_BYTES = 600_000_000;

/** @throws FlowfitError `token-needed`, `token-weak`, `port-taken`, `host-unavailable` */
export const startServer = async (options: ServerOptions): Promise<RunningServer> => {
  const { host = '127.0.0.1', port = DEFAULT_PORT, token = null, allowedHosts = [] } = options;
  if (token === null && !isLoopback(host)) {
    throw new ApiError(
      400,
      'token-needed',
      `${host} can be reached by others, and flow logs are sensitive. Set an access token, or listen on 127.0.0.1.`,
    );
  }
  if (token !== null) checkTokenStrength(token);
  const { residentBytes = DEFAULT_RESIDENT_BYTES } = options;
  const onFailure = (error: unknown): void => app.log.warn(error, 'Conversations are not in memory: files answer.');
  const context = contextOf(options.lake, { ...options, residentBytes, onFailure });
  const app = await createApp(context, { host, allowedHosts, token, webRoot: options.webRoot, log: options.log });
  try {
    await app.listen({ host, port });
  } catch (error) {
    await app.close();
    throw toListenError(error, host, port);
  }
  // What is wrong with the lake is told to those who ask it something.
  await context.access.begin().catch(onFailure);
  const listening = app.server.address() as AddressInfo;
  const address = `http://${nameOf(host)}:${listening.port}/`;
  return {
    url: token === null ? address : `${address}?token=${token}`,
    port: listening.port,
    loaded: () => context.access.loaded(),
    close: async () => {
      await app.close();
      await context.access.idle();
    },
  };
};

/** Every address of the machine is also this one. */
const nameOf = (host: string): string => {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host.replace(/^\[|\]$/g, '')}]` : host;
};

const toListenError = (error: unknown, host: string, port: number): unknown => {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') {
    return new ApiError(500, 'port-taken', `Port ${port} on ${host} is taken. Name another with --port, or 0 for any.`);
  }
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EACCES') {
    return new ApiError(500, 'host-unavailable', `The server cannot listen on ${host} port ${port} (${code}).`);
  }
  return error;
};
