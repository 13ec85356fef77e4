/**
 * Who may be addressed: a web page on another name must not reach the server through a name that it points at this
 * machine (DNS rebinding), so the Host header has to be one that the server goes by.
 */
import { isIP } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { ApiError } from '../errors.ts';
import { isApiRequest } from './api-path.ts';

const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '::1'];

/** Whether only this machine can connect. */
export const isLoopback = (host: string): boolean => {
  const bare = withoutBrackets(host);
  return LOOPBACK_NAMES.includes(bare) || (isIP(bare) === 4 && bare.startsWith('127.'));
};

/** Name or address of a Host header, without port and brackets; null where it is none. */
export const hostnameOf = (header: string | undefined): string | null => {
  const match = /^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]+)(?::[0-9]{1,5})?$/.exec(header ?? '');
  return match?.[1] === undefined ? null : withoutBrackets(match[1]).toLowerCase();
};

const withoutBrackets = (host: string): string => host.replace(/^\[|\]$/g, '');

export interface HostRules {
  /** The address listened on. */
  readonly host: string;
  /** Further names that the server goes by, such as that of a proxy in front of it. */
  readonly allowedHosts: readonly string[];
}

/** On the network any address literal is good: rebinding needs a name. */
export const isAllowedHost = (hostname: string, { host, allowedHosts }: HostRules): boolean =>
  LOOPBACK_NAMES.includes(hostname) ||
  hostname === withoutBrackets(host).toLowerCase() ||
  allowedHosts.some((allowed) => allowed.toLowerCase() === hostname) ||
  (!isLoopback(host) && isIP(hostname) !== 0);

export const checkHosts = (app: FastifyInstance, rules: HostRules): void => {
  app.addHook('onRequest', async (request) => {
    const hostname = hostnameOf(request.headers.host);
    if (hostname === null || !isAllowedHost(hostname, rules)) {
      throw new ApiError(
        421,
        'host-refused',
        `This server does not go by the name "${request.headers.host ?? ''}". Open it by its address, or start it with that name allowed.`,
      );
    }
  });
};

/** Nothing of another origin may ask: no cross-site request gets an answer, whatever its method. */
export const checkOrigins = (app: FastifyInstance): void => {
  app.addHook('onRequest', async (request) => {
    if (!isApiRequest(request)) return;
    const { origin, host } = request.headers;
    const site = request.headers['sec-fetch-site'];
    const isForeign = origin !== undefined && originHost(origin) !== host;
    if (isForeign || site === 'cross-site' || site === 'same-site') {
      throw new ApiError(403, 'origin-refused', 'Requests from pages of another origin are refused.');
    }
  });
};

const originHost = (origin: string): string | null => {
  try {
    return new URL(origin).host;
  } catch {
    return null;
  }
};
