import { Queue, Worker } from 'bullmq';
import { batch, concurrency } from '../options.ts';
import { countdown } from './countdown.ts';

/** Jobs a second through BullMQ on Redis alone, from the first `addBulk` to the end of the last handler, which does nothing. */
export async function bullmqRate(redisUrl: string, jobs: number): Promise<number> {
  const connection = { url: redisUrl, maxRetriesPerRequest: null };
  const name = `bare-${Date.now()}`;
  const queue = new Queue(name, { connection });
  const { done, one } = countdown(jobs);
  const worker = new Worker(name, one, { connection, concurrency, autorun: false });
  await worker.waitUntilReady();
  const start = performance.now();
  void worker.run();
  for (let from = 0; from < jobs; from += batch)
    await queue.addBulk(
      Array.from({ length: Math.min(batch, jobs - from) }, (_, index) => ({
        name: 'job',
        data: { task_id: String(from + index) },
        opts: { removeOnComplete: true },
      })),
    );
  await done;
  const seconds = (performance.now() - start) / 1_000;
  await worker.close();
  await queue.obliterate({ force: true });
  await queue.close();
  return jobs / seconds;
}
