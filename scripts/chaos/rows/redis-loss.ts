import { setTimeout as sleep } from 'node:timers/promises';
import { Batch } from '../batch.ts';
import { settle } from '../check.ts';
import { progress } from '../kill.ts';
import type { Row, Size, Tally } from '../row.ts';
import type { Stage } from '../stage.ts';
import type { World, WorldKind } from '../world.ts';

interface Loss {
  id: string;
  title: string;
  kind: WorldKind;
  inCi: boolean;
  /** Seconds from the loss until all must have settled. */
  withinS: number;
  strike(world: World): Promise<void>;
}

/** Pages in CI. */
const few = 500;

/** Redis loses what it holds while the work is half done; what it carried is in the task log. */
function redisLoss({ id, title, kind, inCi, withinS, strike }: Loss): Row {
  return {
    id,
    title: `${title}, mid-run; settled within ${withinS} s`,
    inCi,
    async run(stage: Stage, { full, n }: Size): Promise<Tally> {
      const world = await stage.world(kind);
      const batch = new Batch(world);
      const pages = full ? n : few;
      const struck = (async () => {
        await progress(batch, pages, 0.4);
        await strike(world);
        return Date.now();
      })();
      await batch.share(pages);
      const at = await struck;
      const verdict = await settle(batch);
      const tookS = (Date.now() - at) / 1_000;
      const broken = tookS > withinS ? [`settled ${tookS.toFixed(0)} s after the loss`] : [];
      return { ...verdict, kills: 1, broken };
    },
  };
}

async function killAndRestart({ redis }: World): Promise<void> {
  await redis.kill();
  await sleep(1_000);
  await redis.start();
}

export const j4 = redisLoss({
  id: 'J4',
  title: 'Redis with AOF: kill -9, back after 1 s',
  kind: 'Redis with AOF',
  inCi: false,
  withinS: 60,
  strike: killAndRestart,
});
export const j5 = redisLoss({
  id: 'J5',
  title: 'Redis without AOF: kill -9, back after 1 s',
  kind: 'Redis and S3',
  inCi: true,
  withinS: 60,
  strike: killAndRestart,
});
export const j6 = redisLoss({
  id: 'J6',
  title: 'FLUSHALL',
  kind: 'Redis and S3',
  inCi: true,
  withinS: 90,
  async strike({ redis }) {
    await redis.send('FLUSHALL');
  },
});
