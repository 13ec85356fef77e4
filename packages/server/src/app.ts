/** The HTTP API and the web app as one Fastify instance, not listening yet. */
import fastifySwagger from '@fastify/swagger';
import Fastify from 'fastify';
import {
  jsonSchemaTransform,
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod';
import type { App, Context } from './context.ts';
import { answerErrors } from './errors.ts';
import { connectionOptions, type TimeLimits, timeLimitsFor } from './limits.ts';
import { DEFAULT_LOG, type Log, newRequestId, toLoggerOptions } from './log.ts';
import { ROUTES } from './routes/index.ts';
import { setHeaders } from './safety/headers.ts';
import { checkHosts, checkOrigins, type HostRules } from './safety/host.ts';
import { requireToken } from './safety/token.ts';
import { serveWebApp } from './web-root.ts';

export interface AppOptions extends HostRules {
  /** Access token that every request must carry; null = whoever can connect may ask. */
  readonly token: string | null;
  /** Folder of the built web app; undefined or missing = API alone. */
  readonly webRoot?: string | undefined;
  readonly log?: Log | undefined;
  readonly timeLimits?: Partial<TimeLimits> | undefined;
}

export const createApp = async (context: Context, options: AppOptions): Promise<App> => {
  const app: App = Fastify({
    logger: toLoggerOptions(options.log ?? DEFAULT_LOG),
    genReqId: newRequestId,
    bodyLimit: 64 * 1024,
    routerOptions: { maxParamLength: 1000 },
    ...connectionOptions({ ...timeLimitsFor(context.access.querySeconds), ...options.timeLimits }),
    // Lets `close` end the keep-alive connections of open pages.
    forceCloseConnections: true,
  }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  answerErrors(app);
  setHeaders(app);
  checkHosts(app, options);
  checkOrigins(app);
  if (options.token !== null) requireToken(app, options.token);
  await app.register(fastifySwagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Flowfit',
        version: context.version,
        description: 'Traffic of a lake of VPC flow logs, and what it says about security groups.',
        license: { name: 'Apache-2.0' },
      },
    },
    transform: jsonSchemaTransform,
  });
  await app.register(
    async (api) => {
      for (const route of ROUTES) route(api.withTypeProvider<ZodTypeProvider>(), context);
    },
    { prefix: '/api/v1' },
  );
  app.get('/api/openapi.json', { schema: { hide: true } }, () => app.swagger());
  await serveWebApp(app, options.webRoot);
  return app;
};
