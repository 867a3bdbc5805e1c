import { NestFactory, type IEntryNestModule } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { RequestAuthenticator } from '../auth/request-authenticator.ts';
import type { Env } from '../env.ts';
import type { Logger } from '../logger.ts';
import { Metrics } from '../metrics/metrics.ts';
import { NestLogger } from '../nest-logger.ts';
import { Shutdown } from '../shutdown/shutdown.ts';
import { closeServer, watchSilentConnections } from './close-server.ts';
import { answerClientError, answerRouterError } from './edge-errors.ts';
import { defaultLimits, fastifyOptions, type HttpLimits } from './http-options.ts';
import { useJsonBodies } from './json-body.ts';
import { createAuthenticationHook, createRequestHook } from './request-hooks.ts';
import { RequestLog } from './request-log.ts';
import { setApiPrefix } from './root-paths.ts';
import { recordRoutes } from './route-table.ts';

/**
 * A Nest app on Fastify with everything at its edge: ids, logs, limits, problems, headers, and its step in the shutdown.
 * It is neither initialised nor listening yet: call `listenHttp`, or `app.init()` in a test.
 * @param rootModule Must import `RuntimeModule.forRoot`.
 * @param limits Only tests replace some.
 * @throws Whatever a module throws at boot.
 */
export async function createHttpApp(
  rootModule: IEntryNestModule,
  env: Env,
  logger: Logger,
  limits: Partial<HttpLimits> = {},
): Promise<NestFastifyApplication> {
  const edge = { ...defaultLimits, ...limits };
  const closing = { now: false };
  // The parts come out of the container, which needs the adapter: the hooks look them up once requests come in.
  const late: { parts?: { log: RequestLog; authenticator: RequestAuthenticator } } = {};
  const made = () => {
    if (!late.parts) throw new Error('A request came in before the app was made');
    return late.parts;
  };
  const log = () => made().log;
  const adapter = new FastifyAdapter({
    ...fastifyOptions(edge, env.api.trustedProxies),
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) =>
      answerRouterError(log(), error, request, reply),
    clientErrorHandler: answerClientError,
    skipMiddie: true,
  });
  const server = adapter.getInstance<FastifyInstance>();
  const endSilent = watchSilentConnections(server);
  recordRoutes(server);
  useJsonBodies(server);
  adapter.setOnRequestHook(createRequestHook(log, edge, env.api.corsOrigins, () => closing.now));
  server.addHook(
    'onRequest',
    createAuthenticationHook(() => made().authenticator, edge.bodyBytes),
  );
  const app = await NestFactory.create<NestFastifyApplication>(rootModule, adapter, {
    abortOnError: false,
    bodyParser: false,
    logger: new NestLogger(logger),
  });
  late.parts = { log: new RequestLog(logger, app.get(Metrics)), authenticator: app.get(RequestAuthenticator) };
  setApiPrefix(app);
  app
    .get(Shutdown)
    .register('http', 'http server', () => closeServer(server, closing, edge.closeMs, endSilent), edge.closeMs + 2_000);
  return app;
}
