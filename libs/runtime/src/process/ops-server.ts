import type { INestApplicationContext } from '@nestjs/common';
import { fastify } from 'fastify';
import type { Env } from '../env.ts';
import { HealthController } from '../health/health.controller.ts';
import { explainListening } from '../http/explain-listening.ts';
import { MetricsController } from '../metrics/metrics.controller.ts';
import { Shutdown } from '../shutdown/shutdown.ts';

/**
 * Serves `/livez`, `/readyz`, `/health` and `/metrics` on METRICS_HOST and METRICS_PORT: what machines ask a scaled process, apart from
 * what clients ask the API. It answers until the very end of the shutdown.
 * @param app Has imported `RuntimeModule`.
 * @returns The base URL.
 * @throws EnvError with one clear line when the address cannot be used.
 */
export async function serveOps(app: INestApplicationContext, env: Env): Promise<string> {
  const { host, port } = env.metrics;
  const probes = app.get(HealthController);
  const metrics = app.get(MetricsController);
  const server = fastify({ forceCloseConnections: true });
  server.get('/livez', (_, reply) => probes.livez(reply));
  server.get('/readyz', (_, reply) => probes.readyz(reply));
  server.get('/health', (_, reply) => probes.report(reply));
  server.get('/metrics', (_, reply) => metrics.scrape(reply));
  app.get(Shutdown).register('children', 'probes', () => server.close());
  try {
    return await server.listen({ host, port });
  } catch (error) {
    throw explainListening(error, `METRICS_HOST, METRICS_PORT: ${host}:${port}`);
  }
}
