import { redisIsHere, TestRedis } from '@vaultstream/testing';
import { TaskWorld } from './task-world.ts';

/** What may carry the work: suites run over each. Redis where there is one. */
export const carriers: { name: string; open: () => Promise<TaskWorld> }[] = [
  { name: 'Postgres', open: () => TaskWorld.make() },
  ...(redisIsHere() ? [{ name: 'Redis', open: async () => TaskWorld.make(undefined, await TestRedis.start()) }] : []),
];
