import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '@vaultstream/testing';
import { Batch } from '../batch.ts';
import { settle } from '../check.ts';
import type { Row } from '../row.ts';

/** Seconds that it stands still: longer than a lease (15 s) and the sweep that finds it. */
const pausedS = 22;
const pages = 60;

/** J19: a worker stands still for longer than its leases, others take over, and what it then writes is refused. */
export const j19: Row = {
  id: 'J19',
  title: `SIGSTOP of a parse worker for ${pausedS} s with work in its hands, then SIGCONT: its late writes are rejected`,
  inCi: true,
  async run(stage) {
    const world = await stage.world('Redis and S3');
    const batch = new Batch(world);
    const zombie = world.cluster.member('parse-worker-1');
    const sharing = batch.share(pages, { width: 16 });
    const running = `SELECT count(*) AS n FROM tasks WHERE state = 'running' AND leased_by LIKE $1`;
    const held = () => world.count(running, `%:${zombie.pid ?? 0}:%`);
    await eventually(async () => (await held()) >= 3, { timeoutMs: 60_000, intervalMs: 5 });
    zombie.pause();
    const hands = await held();
    await sharing;
    await sleep(pausedS * 1_000);
    const before = fenced(zombie.logs());
    zombie.resume();
    const verdict = await settle(batch);
    const rejected = await eventually(() => fenced(zombie.logs()) - before || false, { timeoutMs: 20_000 }).catch(
      () => 0,
    );
    const broken = rejected === 0 ? ['no late write was seen to be rejected'] : [];
    return {
      ...verdict,
      kills: 1,
      broken,
      notes: [...verdict.notes, `${hands} tasks in its hands, ${rejected} runs fenced off`],
    };
  },
};

const fenced = (logs: readonly Record<string, unknown>[]): number =>
  logs.filter((line) => line['name'] === 'task.run' && line['outcome'] === 'fenced').length;
