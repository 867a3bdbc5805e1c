import { setTimeout as sleep } from 'node:timers/promises';
import { percentile, Batch } from '../batch.ts';
import { settle } from '../check.ts';
import type { Row } from '../row.ts';

const shares = 20;
/** Milliseconds from the answer to a share until its task has left the log. */
const pickUpMs = 1_000;
/** Milliseconds that relays have to listen again. */
const recoverMs = 5_000;

/** J14: the connections on which relays hear of new tasks are cut; what is shared afterwards is picked up as before. */
export const j14: Row = {
  id: 'J14',
  title: `LISTEN connections are cut (pg_terminate_backend): ${shares} shares afterwards are picked up within ${pickUpMs} ms each`,
  inCi: false,
  async run(stage) {
    const world = await stage.world('Redis and S3');
    const batch = new Batch(world);
    const cut = await world.count(
      `SELECT count(pg_terminate_backend(pid)) AS n FROM pg_stat_activity
       WHERE datname = current_database() AND application_name = 'vaultstream-relay'`,
    );
    await sleep(recoverMs);
    const waits: number[] = [];
    for (let index = 0; index < shares; index++) {
      const before = batch.acknowledged.size;
      await batch.share(1);
      const id = batch.ids[before];
      const began = performance.now();
      const waiting = () =>
        world.count(`SELECT count(*) AS n FROM tasks WHERE content_id = $1 AND state = 'ready'`, id);
      while ((await waiting()) > 0 && performance.now() - began < 10_000) await sleep(5);
      waits.push(performance.now() - began);
    }
    const verdict = await settle(batch);
    const slowest = percentile(waits, 1);
    const broken = [];
    if (cut === 0) broken.push('nobody was listening');
    if (slowest > pickUpMs) broken.push(`a share waited ${slowest.toFixed(0)} ms`);
    const notes = [...verdict.notes, `${cut} connections were cut; the slowest share waited ${slowest.toFixed(0)} ms`];
    return { ...verdict, kills: cut, broken, notes };
  },
};
