import { PgBoss } from 'pg-boss';
import { batch } from '../options.ts';
import { countdown } from './countdown.ts';

const queue = 'job';
/** Jobs of one fetch, and fetchers: it hands a handler whole batches. */
const [fetched, fetchers] = [500, 4];

/**
 * Jobs a second through pg-boss in batches: fetchers are woken by NOTIFY, and go on at once while batches are full.
 * @param connectionString Of an empty database.
 */
export async function pgBossRate(connectionString: string, jobs: number): Promise<number> {
  const boss = new PgBoss({ connectionString, max: 16, useListenNotify: true, supervise: false, schedule: false });
  boss.on('error', (error) => console.error(error));
  await boss.start();
  await boss.createQueue(queue, { notify: true });
  const { done, one } = countdown(jobs);
  const options = {
    batchSize: fetched,
    localConcurrency: fetchers,
    pollingIntervalSeconds: 0.5,
    notifyPollingIntervalSeconds: 0.5,
    burstWhenBatchFull: true,
  };
  await boss.work(queue, options, async (some: readonly unknown[]) => {
    for (const _job of some) await one();
  });
  const start = performance.now();
  for (let from = 0; from < jobs; from += batch)
    await boss.insert(
      queue,
      Array.from({ length: Math.min(batch, jobs - from) }, (_, index) => ({ data: { task_id: String(from + index) } })),
    );
  await done;
  const seconds = (performance.now() - start) / 1_000;
  await boss.stop({ graceful: true, timeout: 5_000 });
  return jobs / seconds;
}
