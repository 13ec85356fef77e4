/** The built web app: its files, and its page for every path that is the app's own. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { ApiError } from './errors.ts';
import { isApiRequest } from './safety/api-path.ts';

/** File names under `assets/` carry a hash of their content. */
const FOREVER = 'public, max-age=31536000, immutable';

export const serveWebApp = async (app: FastifyInstance, webRoot: string | undefined): Promise<void> => {
  const root = webRoot !== undefined && existsSync(join(webRoot, 'index.html')) ? webRoot : null;
  if (root !== null) {
    await app.register(fastifyStatic, {
      root,
      cacheControl: false,
      setHeaders: (reply, path) => {
        reply.header('cache-control', path.startsWith(join(root, 'assets')) ? FOREVER : 'no-cache');
      },
    });
  }
  app.setNotFoundHandler((request, reply) => {
    const isPage = request.method === 'GET' && !isApiRequest(request) && !request.url.startsWith('/assets/');
    if (isPage && root !== null) return reply.sendFile('index.html');
    if (isPage) return answerUnbuilt(reply);
    const path = request.url.split('?')[0];
    throw new ApiError(
      404,
      'not-found',
      `There is no ${request.method} ${path}. /api/openapi.json lists what there is.`,
    );
  });
};

const answerUnbuilt = (reply: FastifyReply) =>
  reply
    .status(503)
    .type('text/plain; charset=utf-8')
    .send('The web app is not built. In a checkout run: npm run build. The API works: /api/openapi.json\n');
