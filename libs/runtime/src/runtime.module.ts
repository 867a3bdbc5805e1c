import { Global, Inject, Module, type BeforeApplicationShutdown, type DynamicModule } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, DiscoveryModule } from '@nestjs/core';
import { Admission } from './auth/admission.ts';
import { AuthGuard } from './auth/auth.guard.ts';
import { RequestAuthenticator } from './auth/request-authenticator.ts';
import { TokenCheck } from './auth/token-check.ts';
import { armCrashPoint } from './crash-point.ts';
import { Env } from './env.ts';
import { GuardedHttp, RequestFetches } from './fetch/index.ts';
import { HealthController } from './health/health.controller.ts';
import { HealthRegistry } from './health/health-registry.ts';
import { createLogger, LOGGER, logFileOf, type Logger } from './logger.ts';
import { tellBuild } from './metrics/build-info.ts';
import { measureMachine, type WatchedFolders } from './metrics/machine-metrics.ts';
import { MetricsController } from './metrics/metrics.controller.ts';
import { watchEventLoop } from './metrics/loop-delay.ts';
import { Metrics } from './metrics/metrics.ts';
import { ApiDocument } from './openapi/api-document.ts';
import { ProblemFilter } from './problems/problem.filter.ts';
import { ApiLimits } from './rate-limit/api-limits.ts';
import { Shutdown } from './shutdown/shutdown.ts';
import { traceExports } from './tracing/trace-exports.ts';
import { TraceLinks } from './tracing/trace-links.ts';

/** What a process says of itself. */
export interface RuntimeOptions {
  /** Name of the process in its log lines, such as `standalone`. */
  service: string;
  env: Env;
  /** The logger that the process has already; a new one otherwise. */
  logger?: Logger;
  /** True: `/metrics` is not among the API's routes, because `runProcess` serves it on its own port. */
  metricsApart?: boolean;
}

/**
 * What every process stands on, everywhere: `Env`, `LOGGER`, `GuardedHttp`, `RequestFetches`, `Metrics`, `HealthRegistry`, `Shutdown`; and for
 * those that speak HTTP the guard, the problem filter, the probes and `/metrics`. The app provides `TokenVerifier` (and
 * `IdempotencyStore`, and if it likes `RateLimiter`) from any of its modules.
 */
@Global()
@Module({})
export class RuntimeModule implements BeforeApplicationShutdown {
  constructor(@Inject(Shutdown) private readonly shutdown: Shutdown) {}

  static forRoot({
    service,
    env,
    logger = createLogger(service, env.log),
    metricsApart = false,
  }: RuntimeOptions): DynamicModule {
    armCrashPoint(env.crashAt);
    if (env.crashAt !== undefined)
      logger.warn({ name: 'crash.armed', at: env.crashAt }, 'this process will kill itself');
    sayProxies(env, logger);
    const shared = [
      Env,
      LOGGER,
      GuardedHttp,
      RequestFetches,
      Metrics,
      HealthRegistry,
      Shutdown,
      ApiDocument,
      Admission,
      TraceLinks,
    ];
    return {
      module: RuntimeModule,
      imports: [DiscoveryModule],
      controllers: [HealthController, ...(metricsApart ? [] : [MetricsController])],
      providers: [
        ...(metricsApart ? [MetricsController] : []),
        { provide: Env, useValue: env },
        { provide: LOGGER, useValue: logger },
        {
          provide: Metrics,
          useFactory: (shutdown: Shutdown) => createMetrics({ service, env, logger }, shutdown),
          inject: [Shutdown],
        },
        { provide: HealthRegistry, useFactory: () => new HealthRegistry(logger) },
        { provide: Shutdown, useFactory: () => new Shutdown(logger) },
        {
          provide: GuardedHttp,
          useFactory: (shutdown: Shutdown) => createGuardedHttp(env, shutdown),
          inject: [Shutdown],
        },
        RequestFetches,
        { provide: TraceLinks, useFactory: () => new TraceLinks(env) },
        ApiDocument,
        ApiLimits,
        TokenCheck,
        Admission,
        RequestAuthenticator,
        { provide: APP_GUARD, useClass: AuthGuard },
        { provide: APP_FILTER, useClass: ProblemFilter },
      ],
      exports: shared,
    };
  }

  /** `app.close()` (tests) ends the process's parts in the same order as a signal does. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.shutdown.run('app.close');
  }
}

/** What the guard cannot do behind a proxy is said where it begins. Hosts only: addresses of proxies hold passwords. */
function sayProxies({ fetch: { httpProxy, httpsProxy } }: Env, logger: Logger): void {
  if (httpProxy === undefined && httpsProxy === undefined) return;
  logger.warn(
    { name: 'fetch.proxied', http_proxy: hostOf(httpProxy), https_proxy: hostOf(httpsProxy) },
    'a proxy looks up the names of strangers: it must refuse those that lead into your own network',
  );
}

const hostOf = (url: string | undefined) => (url === undefined ? undefined : new URL(url).host);

function createGuardedHttp(env: Env, shutdown: Shutdown): GuardedHttp {
  const http = new GuardedHttp(env.fetch);
  shutdown.register('store', 'outgoing http', () => http.close());
  return http;
}

type ProcessParts = Pick<Required<RuntimeOptions>, 'service' | 'env' | 'logger'>;

function createMetrics({ service, env, logger }: ProcessParts, shutdown: Shutdown): Metrics {
  const metrics = new Metrics(logger);
  tellBuild(metrics, service, env.revision);
  measureMachine(metrics, watchedFolders(env, logger));
  countLostLines(metrics, logger);
  const end = watchEventLoop(metrics, logger);
  shutdown.register('children', 'event loop watch', async () => end());
  traceExports.report(metrics, logger, shutdown);
  return metrics;
}

function watchedFolders(env: Env, logger: Logger): WatchedFolders {
  const log = logFileOf(logger);
  return {
    data: env.dataDir,
    ...(env.s3 === undefined && { blobs: env.storage.localRoot }),
    ...(log && { log: log.folder }),
  };
}

function countLostLines(metrics: Metrics, logger: Logger): void {
  const file = logFileOf(logger);
  if (file === undefined) return;
  const counter = metrics.counter('vaultstream_log_lines_lost_total');
  let told = 0;
  metrics.onCollect('log file', () => {
    counter.inc(file.lost - told);
    told = file.lost;
  });
}
