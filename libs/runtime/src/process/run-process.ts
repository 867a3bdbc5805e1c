import type { DynamicModule, INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createHttpApp } from '../http/http-app.ts';
import { listenHttp } from '../http/listen-http.ts';
import { NestLogger } from '../nest-logger.ts';
import { listenToSignals } from '../shutdown/process-signals.ts';
import { Shutdown } from '../shutdown/shutdown.ts';
import { watchEarlySignals } from './early-signals.ts';
import { explainFailure } from './explain-failure.ts';
import { serveOps } from './ops-server.ts';
import { readProcessStart, type ProcessStart } from './process-start.ts';

/** What makes one scaled process differ from the others. */
export interface ProcessPlan {
  /** Name of the process, such as `parse-worker`. */
  service: string;
  /** Resolves when the app may be made, such as when the database is up to date; rejects when it never will be. */
  ready(start: ProcessStart, signal: AbortSignal): Promise<void>;
  /** What the process is made of. Must import `RuntimeModule.forRoot`. */
  module(start: ProcessStart): DynamicModule;
  /** Serves the API too, on API_HOST and API_PORT. `open` runs before the first request. */
  api?: { open(app: NestFastifyApplication, start: ProcessStart): Promise<void> };
}

/**
 * Runs one process of the scaled mode from its first line to its last: environment, waiting for the database, the app, its probes and
 * metrics on a port of their own, signals. Never resolves in good order: the process ends with 0 after a signal, with 1 and one clear
 * line when it cannot start.
 */
export async function runProcess(plan: ProcessPlan): Promise<void> {
  try {
    await startProcess(plan);
  } catch (error) {
    process.stderr.write(`${explainFailure(error, `${plan.service} did not start`)}\n`);
    process.exit(1);
  }
}

async function startProcess(plan: ProcessPlan): Promise<void> {
  const start = readProcessStart(plan.service);
  const { env, logger } = start;
  const early = watchEarlySignals(env.parentPid);
  try {
    await plan.ready(start, early.signal);
  } catch (error) {
    if (!early.signal.aborted) throw error;
  }
  // There is nothing to end in order yet.
  if (early.signal.aborted) process.exit(0);
  const api = plan.api && (await createHttpApp(plan.module(start), env, logger));
  const app: INestApplicationContext =
    api ??
    (await NestFactory.createApplicationContext(plan.module(start), {
      logger: new NestLogger(logger),
      abortOnError: false,
    }));
  const shutdown = app.get(Shutdown);
  listenToSignals(shutdown, logger, { drainMs: env.shutdownDrainMs, parentPid: env.parentPid });
  early.release();
  if (early.signal.aborted) process.exit((await shutdown.run('a signal during the start')) ? 0 : 1);
  try {
    if (api) await plan.api?.open(api, start);
    const url = api && (await listenHttp(api, env));
    const ops = await serveOps(app, env);
    logger.info({ name: 'ready', url, ops }, 'ready');
  } catch (error) {
    await shutdown.run('the start failed');
    throw error;
  }
}
