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
  /** Seconds from the loss until all must have settled, beyond what the rest of the work takes at the pace before it. */
  withinS: number;
  strike(world: World): Promise<void>;
}

/** Pages in CI. */
const few = 500;
/** The part of them that has been read when it happens. */
const struckAt = 0.4;
/** Seconds in which a worker must read again. */
const silenceS = 25;

/** Redis loses what it holds while the work is half done; what it carried is in the task log. */
function redisLoss({ id, title, kind, inCi, withinS, strike }: Loss): Row {
  return {
    id,
    title: `${title}, mid-run: work goes on within ${silenceS} s, settled within ${withinS} s more than its work takes`,
    inCi,
    async run(stage: Stage, { full, n }: Size): Promise<Tally> {
      const world = await stage.world(kind);
      const batch = new Batch(world);
      const pages = full ? n : few;
      const began = Date.now();
      const struck = (async () => {
        await progress(batch, pages, struckAt);
        await strike(world);
        return Date.now();
      })();
      const silence = struck.then(() => longestSilence(batch, pages));
      await batch.share(pages);
      const at = await struck;
      const verdict = await settle(batch);
      const tookS = (Date.now() - at) / 1_000;
      const restS = ((at - began) / 1_000) * (1 / struckAt - 1);
      const silentS = await silence;
      const broken = [];
      if (tookS > withinS + restS) broken.push(`settled ${tookS.toFixed(0)} s after the loss`);
      if (silentS > silenceS) broken.push(`nothing was read for ${silentS.toFixed(0)} s`);
      const notes = [
        `settled ${tookS.toFixed(0)} s after the loss, nothing was read for ${silentS.toFixed(1)} s at most`,
      ];
      return { ...verdict, kills: 1, broken, notes: [...verdict.notes, ...notes] };
    },
  };
}

/** Watches until all pages are read. @returns The longest time without another one: seconds. */
async function longestSilence(batch: Batch, pages: number): Promise<number> {
  let [longest, read, since] = [0, 0, Date.now()];
  while (read < pages && Date.now() - since < 120_000) {
    await sleep(100);
    const now = await batch.pulled().catch(() => read);
    longest = Math.max(longest, Date.now() - since);
    if (now !== read) [read, since] = [now, Date.now()];
  }
  return longest / 1_000;
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
