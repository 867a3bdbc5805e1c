/** A worker of bare BullMQ for the guard: `node --import ./scripts/source.mjs scripts/chaos/bare-child.ts redis://...` */
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker, type Job } from 'bullmq';
import { Redis } from 'ioredis';

const url = process.argv[2] ?? '';
const effects = new Redis(url);

// Locks that end quickly, so that a run of seconds has as many stalled jobs as days have with the defaults.
const worker = new Worker(
  'bare',
  async (job: Job<{ id: number }>) => {
    await sleep(80 + Math.random() * 60);
    await effects.rpush('effects', String(job.data.id));
  },
  {
    connection: { url, maxRetriesPerRequest: null },
    concurrency: 10,
    lockDuration: 1_000,
    stalledInterval: 500,
    maxStalledCount: 1,
  },
);
worker.on('error', () => undefined);
