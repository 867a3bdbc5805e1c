import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { appendTasks } from '../append.ts';
import { Batch, percentile } from '../batch.ts';
import { settle } from '../check.ts';
import type { Row } from '../row.ts';
import type { World } from '../world.ts';

const tasks = 20_000;
const firstId = 1_500_000_000;
/** Milliseconds: the API meanwhile. Tasks of a queue that lie at Redis at once. Megabytes that a relay may grow by. */
const limits = { apiMs: 300, depth: 5_000, growthMb: 256 };
const shares = 50;

/** J28: far more work than anybody can do at once stays in the log, where it costs nothing. */
export const j28: Row = {
  id: 'J28',
  title: `${tasks} tasks at once: shares p95 < ${limits.apiMs} ms, at most ${limits.depth} of a queue at Redis, no relay grows by ${limits.growthMb} MB`,
  inCi: false,
  async run(stage) {
    const world = await stage.world('Redis and S3');
    const batch = new Batch(world);
    const before = memoryOfRelays(world);
    const redis = new Redis(world.redis.url);
    let [depth, memory, done] = [0, 0, false];
    const watching = (async () => {
      for (; !done; await sleep(100)) {
        depth = Math.max(depth, await waiting(redis));
        memory = Math.max(memory, ...memoryOfRelays(world).map((now, index) => now - (before[index] ?? 0)));
      }
    })();
    await appendTasks(world, tasks, firstId);
    await batch.share(shares, { width: 2 });
    const left = 'SELECT count(*) AS n FROM tasks WHERE content_id >= $1';
    for (const end = Date.now() + 180_000; (await world.count(left, firstId)) > 0 && Date.now() < end;)
      await sleep(200);
    const verdict = await settle(batch);
    done = true;
    await watching;
    redis.disconnect();
    const stuck = verdict.stuck + (await world.count(left, firstId));
    const took = percentile(batch.latencies, 0.95);
    const broken = [];
    if (took > limits.apiMs) broken.push(`p95 of accepting was ${took.toFixed(0)} ms`);
    if (depth > limits.depth) broken.push(`${depth} tasks lay at Redis`);
    if (memory > limits.growthMb) broken.push(`a relay grew by ${memory.toFixed(0)} MB`);
    const notes = [
      `p95 ${took.toFixed(0)} ms, ${depth} tasks at Redis at most, ${memory.toFixed(0)} MB more in a relay`,
    ];
    return { ...verdict, stuck, kills: 0, broken, notes: [...verdict.notes, ...notes] };
  },
};

/** Megabytes that each scheduler holds in memory (Linux; elsewhere nothing is known). */
function memoryOfRelays({ cluster }: World): number[] {
  return cluster.of('scheduler').map(({ pid }) => {
    try {
      const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
      return Number(kilobytes ?? 0) / 1_024;
    } catch {
      return 0;
    }
  });
}

async function waiting(redis: Redis): Promise<number> {
  const [list, prioritized] = await Promise.all([
    redis.llen('vaultstream:parse:wait'),
    redis.zcard('vaultstream:parse:prioritized'),
  ]);
  return list + prioritized;
}
