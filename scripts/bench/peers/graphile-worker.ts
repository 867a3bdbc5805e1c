import { Logger, makeWorkerUtils, run } from 'graphile-worker';
import { batch, concurrency } from '../options.ts';
import { countdown } from './countdown.ts';

/** Jobs of one fetch: as in its own benchmark of batches (https://worker.graphile.org/docs/performance). */
const fetched = 500;

/**
 * Jobs a second through graphile-worker as its makers tune it for a flood: jobs are fetched by the hundreds and completed together.
 * @param connectionString Of an empty database.
 */
export async function graphileWorkerRate(connectionString: string, jobs: number): Promise<number> {
  const { done, one } = countdown(jobs);
  const logger = new Logger(() => () => undefined);
  const utils = await makeWorkerUtils({ connectionString, logger });
  await utils.migrate();
  const runner = await run({
    connectionString,
    logger,
    taskList: { job: one },
    noHandleSignals: true,
    preset: {
      worker: {
        concurrentJobs: concurrency,
        maxPoolSize: 16,
        pollInterval: 1_000,
        localQueue: { size: fetched, refetchDelay: { durationMs: 20, threshold: 0 } },
        completeJobBatchDelay: 0,
        failJobBatchDelay: 0,
      },
    },
  });
  const start = performance.now();
  for (let from = 0; from < jobs; from += batch)
    await utils.addJobs(
      Array.from({ length: Math.min(batch, jobs - from) }, (_, index) => ({
        identifier: 'job',
        payload: { task_id: String(from + index) },
      })),
    );
  await done;
  const seconds = (performance.now() - start) / 1_000;
  await runner.stop();
  await utils.release();
  return jobs / seconds;
}
