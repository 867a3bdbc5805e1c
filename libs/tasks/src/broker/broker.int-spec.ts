import { describe, it } from '@jest/globals';
import { redisIsHere, TestRedis } from '@vaultstream/testing';
import { describeBroker } from '../../test/broker-compliance.ts';
import { silent } from '../../test/silent.ts';
import { TaskWorld } from '../../test/task-world.ts';
import { BullmqBroker, postgresBackend, redisBackend } from './index.ts';

describeBroker('Postgres', async () => {
  const world = await TaskWorld.make();
  return {
    open: async () => new BullmqBroker(await postgresBackend(world.url, 2, silent), silent),
    wipe: async () => void (await world.sql('TRUNCATE bullmq.job CASCADE')),
    end: () => world.end(),
  };
});

if (redisIsHere())
  describeBroker('Redis', async () => {
    const redis = await TestRedis.start();
    return {
      open: async () => new BullmqBroker(await redisBackend(redis.url, silent), silent),
      wipe: async () => void (await redis.send('FLUSHALL')),
      end: () => redis.remove(),
    };
  });
else describe.skip('broker over Redis', () => it('needs a redis-server', () => undefined));
