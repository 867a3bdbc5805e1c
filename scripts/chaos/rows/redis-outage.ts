import { setTimeout as sleep } from 'node:timers/promises';
import { Batch, percentile } from '../batch.ts';
import { settle } from '../check.ts';
import type { Row } from '../row.ts';

const shares = 200;
/** Seconds that Redis is away. */
const awayS = { ci: 20, full: 60 };
/** Milliseconds that an API may take to accept a share meanwhile, and seconds until all has settled afterwards. */
const acceptMs = 1_000;
const settleS = 60;

/** J7: accepting a share needs Postgres only. */
export const j7: Row = {
  id: 'J7',
  title: `Redis away for ${awayS.full} s (${awayS.ci} s in CI), ${shares} shares meanwhile: p95 < ${acceptMs} ms, settled within ${settleS} s of its return`,
  inCi: true,
  async run(stage, { full }) {
    const world = await stage.world('Redis and S3');
    const batch = new Batch(world);
    const until = Date.now() + (full ? awayS.full : awayS.ci) * 1_000;
    await world.redis.kill();
    await batch.share(shares, { width: 4 });
    const accepted = percentile(batch.latencies, 0.95);
    await sleep(Math.max(0, until - Date.now()));
    await world.redis.start();
    const back = Date.now();
    const verdict = await settle(batch);
    const tookS = (Date.now() - back) / 1_000;
    const broken = [];
    if (accepted > acceptMs) broken.push(`p95 of accepting was ${accepted.toFixed(0)} ms`);
    if (batch.refusals.length > 0) broken.push(`${batch.refusals.length} shares were refused at first`);
    if (tookS > settleS) broken.push(`settled ${tookS.toFixed(0)} s after the return`);
    const notes = [
      ...verdict.notes,
      `accepted in ${accepted.toFixed(0)} ms (p95)`,
      `settled ${tookS.toFixed(1)} s after its return`,
    ];
    return { ...verdict, kills: 1, broken, notes };
  },
};
