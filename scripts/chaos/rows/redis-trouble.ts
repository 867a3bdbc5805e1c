import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '@vaultstream/testing';
import { Batch } from '../batch.ts';
import { settle } from '../check.ts';
import type { Row } from '../row.ts';
import type { World } from '../world.ts';

/** Seconds of the trouble, and in which all must have settled once it is over. */
const lastsS = { ci: 12, full: 30 };
const settleS = 60;

interface Trouble {
  id: string;
  title: string;
  begin(world: World): Promise<unknown> | void;
  end(world: World): Promise<unknown> | void;
}

/** Redis is there, and of no use: shares are taken meanwhile, a worker says what is wrong, and everything settles. */
function redisTrouble({ id, title, begin, end }: Trouble): Row {
  return {
    id,
    title,
    inCi: false,
    async run(stage, { full }) {
      const world = await stage.world('Redis and S3');
      const batch = new Batch(world);
      const worker = world.cluster.member('parse-worker-1');
      const isUp = async () => (await worker.metric('vaultstream_broker_up', { broker: 'redis' })) === 1;
      const until = Date.now() + (full ? lastsS.full : lastsS.ci) * 1_000;
      await begin(world);
      let told: boolean;
      try {
        await batch.share(100, { width: 4 });
        told = await eventually(async () => !(await isUp()), { timeoutMs: 60_000 }).catch(() => false);
        await sleep(Math.max(0, until - Date.now()));
      } finally {
        await end(world);
      }
      const over = Date.now();
      const verdict = await settle(batch);
      const tookS = (Date.now() - over) / 1_000;
      const well = await eventually(isUp, { timeoutMs: 60_000 }).catch(() => false);
      const broken = [];
      if (batch.refusals.length > 0) broken.push(`${batch.refusals.length} shares were refused at first`);
      if (!told) broken.push('no worker said that Redis takes no work');
      if (!well) broken.push('a worker still says that Redis takes no work');
      if (tookS > settleS) broken.push(`settled ${tookS.toFixed(0)} s after the end of it`);
      return { ...verdict, kills: 1, broken };
    },
  };
}

export const j8 = redisTrouble({
  id: 'J8',
  title: `Redis answers nobody (SIGSTOP) for ${lastsS.full} s: shares are taken, metrics say so, nothing runs twice`,
  begin: ({ redis }) => redis.pause(),
  end: ({ redis }) => redis.resume(),
});
export const j9 = redisTrouble({
  id: 'J9',
  title: `Redis is full (maxmemory, noeviction) for ${lastsS.full} s: shares are taken, metrics say so, all is done once there is room`,
  begin: ({ redis }) => redis.send('CONFIG SET maxmemory 1'),
  end: ({ redis }) => redis.send('CONFIG SET maxmemory 0'),
});
