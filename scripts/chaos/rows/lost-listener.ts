import { setTimeout as sleep } from 'node:timers/promises';
import { percentile, Batch } from '../batch.ts';
import { settle } from '../check.ts';
import type { Row } from '../row.ts';
import type { World } from '../world.ts';

const shares = 20;
/** Milliseconds from the answer to a share until its task has left the log, for nine of ten: far less than a relay sleeps without a bell. */
const pickUpMs = 200;
/** Milliseconds that relays have to listen again. */
const recoverMs = 5_000;

/** J14: the connections on which relays hear of new tasks are cut; what is shared afterwards is picked up as before. */
export const j14: Row = {
  id: 'J14',
  title: `LISTEN connections are cut (pg_terminate_backend): ${shares} shares afterwards are picked up within ${pickUpMs} ms (p90)`,
  inCi: false,
  async run(stage) {
    const world = await stage.world('Redis and S3');
    const batch = new Batch(world);
    const before = await listeners(world);
    await world.sql.query('SELECT pg_terminate_backend(pid) FROM unnest($1::int[]) AS pid', [before]);
    await sleep(recoverMs);
    const after = await listeners(world);
    const waits: number[] = [];
    for (let index = 0; index < shares; index++) {
      const shared = batch.acknowledged.size;
      await batch.share(1);
      const id = batch.ids[shared];
      const began = performance.now();
      const waiting = () =>
        world.count(`SELECT count(*) AS n FROM tasks WHERE content_id = $1 AND state = 'ready'`, id);
      while ((await waiting()) > 0 && performance.now() - began < 10_000) await sleep(5);
      waits.push(performance.now() - began);
    }
    const verdict = await settle(batch);
    const waited = percentile(waits, 0.9);
    const broken = [];
    if (before.length === 0) broken.push('nobody was listening');
    if (after.length !== before.length || after.some((pid) => before.includes(pid)))
      broken.push(`${before.length} listened before, ${after.length} afterwards`);
    if (waited > pickUpMs) broken.push(`shares waited ${waited.toFixed(0)} ms (p90)`);
    const notes = [`${before.length} connections were cut; shares waited ${waited.toFixed(0)} ms afterwards (p90)`];
    return { ...verdict, kills: before.length, broken, notes: [...verdict.notes, ...notes] };
  },
};

/** The server's processes behind the relays' listening connections. */
async function listeners({ sql }: World): Promise<number[]> {
  const { rows } = await sql.query<{ pid: number }>(
    `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'vaultstream-relay'`,
  );
  return rows.map(({ pid }) => pid);
}
