import { atLeast, type Sample } from '../measure.ts';
import type { BenchOptions } from '../options.ts';
import type { Services } from '../services.ts';
import { taskRate } from '../task-path.ts';
import { bullmqRate } from './bullmq.ts';
import { graphileWorkerRate } from './graphile-worker.ts';
import { pgBossRate } from './pg-boss.ts';

/**
 * A flood of quick tasks through VaultStream, and of jobs through what others would take in its place, on the same Postgres and the same
 * Redis: one process each, batches of the same size, a handler that does nothing, each tuned as its makers say.
 */
export async function peers(services: Services, { sizes }: BenchOptions): Promise<Sample[]> {
  const count = sizes.tasks;
  const bullmq = await bullmqRate(services.redis.url, count);
  const onRedis = await taskRate(services, 'delivery.plan', 'Redis', count);
  const graphileWorker = await graphileWorkerRate(await services.emptyDatabase('graphile_worker'), count);
  const onPostgres = await taskRate(services, 'delivery.plan', 'Postgres', count);
  const pgBoss = await pgBossRate(await services.emptyDatabase('pg_boss'), count);
  const unit = 'per second';
  return [
    { name: 'quick tasks on Redis, against bare BullMQ', ours: onRedis, bare: bullmq, unit, goal: atLeast(1) },
    {
      name: 'quick tasks on Redis, against graphile-worker',
      ours: onRedis,
      bare: graphileWorker,
      unit,
      goal: atLeast(0.4),
    },
    { name: 'quick tasks on Redis, against pg-boss', ours: onRedis, bare: pgBoss, unit },
    { name: 'quick tasks on Postgres alone, against graphile-worker', ours: onPostgres, bare: graphileWorker, unit },
    { name: 'quick tasks on Postgres alone, against pg-boss', ours: onPostgres, bare: pgBoss, unit },
  ];
}
