import { queueNames, type QueueName, type QueueStats } from '@vaultstream/contracts';
import type { PrismaClient } from '../generated/client.ts';

/** See TaskStore.stats. */
export async function queueStats(client: PrismaClient): Promise<QueueStats[]> {
  const rows = await client.$queryRaw<QueueStats[]>`
    SELECT queue,
      count(*) FILTER (WHERE due)::int AS waiting,
      count(*) FILTER (WHERE state = 'running')::int AS active,
      count(*) FILTER (WHERE state = 'ready' AND NOT due)::int AS delayed,
      0 AS failed,
      coalesce(greatest(0, extract(epoch FROM clock_timestamp() - min(run_at) FILTER (WHERE due))), 0)::float8 AS "oldestSeconds"
    FROM (SELECT queue, state, run_at, state = 'queued' OR (state = 'ready' AND run_at <= clock_timestamp()) AS due FROM tasks) AS t
    GROUP BY queue`;
  const dead = await client.deadLetter.groupBy({
    by: ['queue'],
    where: { replayedAt: null, discardedAt: null },
    _count: true,
  });
  const failed = new Map(dead.map((row) => [row.queue, row._count]));
  return queueNames.map((queue) => ({ ...statsOf(queue, rows), failed: failed.get(queue) ?? 0 }));
}

function statsOf(queue: QueueName, rows: QueueStats[]): QueueStats {
  return (
    rows.find((row) => row.queue === queue) ?? { queue, waiting: 0, active: 0, delayed: 0, failed: 0, oldestSeconds: 0 }
  );
}
