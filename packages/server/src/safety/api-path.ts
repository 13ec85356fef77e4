/**
 * Whether a request goes to the API. The router reads `/%61pi/…` as `/api/…`: what counts is the route that was found,
 * not the text that was sent.
 */
import type { FastifyRequest } from 'fastify';

export const isApiRequest = ({ routeOptions, url }: Pick<FastifyRequest, 'routeOptions' | 'url'>): boolean =>
  [routeOptions.url ?? '', decodedPath(url)].some((path) => path.startsWith('/api/'));

const decodedPath = (url: string): string => {
  const path = (url.split('?')[0] ?? '').replace(/^\/+/, '/');
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
};
