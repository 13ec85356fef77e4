/**
 * The access token of a server that others can reach. A program sends it as `Authorization: Bearer …`; a browser opens
 * `/?token=…` once, gets it as a cookie that scripts cannot read, and is sent on to the address without it.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ApiError } from '../errors.ts';
import { isApiRequest } from './api-path.ts';

const COOKIE = 'flowfit-token';
/** Guessing 16 characters of base64url is hopeless; anything shorter invites it. */
const MIN_TOKEN_LENGTH = 16;

export const checkTokenStrength = (token: string): void => {
  if (!/^[A-Za-z0-9._~-]+$/.test(token) || token.length < MIN_TOKEN_LENGTH) {
    throw new ApiError(
      400,
      'token-weak',
      `An access token has at least ${MIN_TOKEN_LENGTH} characters, letters, digits and "-", ".", "_", "~" only.`,
    );
  }
};

export const requireToken = (app: FastifyInstance, token: string): void => {
  app.addHook('onRequest', async (request, reply) => {
    const query = request.query as { readonly token?: unknown };
    if (request.method === 'GET' && !isApiRequest(request) && isToken(query.token, token)) {
      reply.header('set-cookie', `${COOKIE}=${token}; Path=/; HttpOnly; SameSite=Strict`);
      return reply.redirect(withoutToken(request.url), 303);
    }
    if (isToken(bearerOf(request), token) || isToken(cookieOf(request), token)) return;
    throw new ApiError(
      401,
      'token-missing',
      'This server asks for its access token. Open the address that "flowfit serve" printed, or send "Authorization: Bearer TOKEN".',
    );
  });
};

const bearerOf = (request: FastifyRequest): string | undefined =>
  /^Bearer ([^ ]+)$/.exec(request.headers.authorization ?? '')?.[1];

const cookieOf = (request: FastifyRequest): string | undefined =>
  (request.headers.cookie ?? '')
    .split(/; */)
    .find((pair) => pair.startsWith(`${COOKIE}=`))
    ?.slice(COOKIE.length + 1);

/** Same time for every wrong token. */
const isToken = (given: unknown, token: string): boolean =>
  typeof given === 'string' && timingSafeEqual(digest(given), digest(token));

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Only ever a path on this server: `//host` would lead elsewhere. */
const withoutToken = (url: string): string => {
  const { pathname, searchParams } = new URL(url, 'http://localhost');
  searchParams.delete('token');
  const query = searchParams.size === 0 ? '' : `?${searchParams}`;
  return `/${pathname.replace(/^\/+/, '')}${query}`;
};
