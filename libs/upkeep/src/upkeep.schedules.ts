import type { ScheduleDefinition } from '@vaultstream/contracts';
import type { Env } from '@vaultstream/runtime';

/** Periodic work of every room: registered as `schedules` rows at start, claimed by whichever process is first. */
const upkeepSchedules: ScheduleDefinition[] = [
  { name: 'upkeep.events', task: 'upkeep.run', payload: { job: 'events' }, everyS: 86_400 },
  { name: 'upkeep.idempotency', task: 'upkeep.run', payload: { job: 'idempotency' }, everyS: 3_600 },
  { name: 'upkeep.dead_letters', task: 'upkeep.run', payload: { job: 'dead_letters' }, everyS: 600 },
  { name: 'upkeep.retention', task: 'upkeep.run', payload: { job: 'retention' }, everyS: 86_400 },
  { name: 'upkeep.search_texts', task: 'upkeep.run', payload: { job: 'search_texts' }, everyS: 86_400 },
  { name: 'upkeep.secrets', task: 'upkeep.run', payload: { job: 'secrets' }, everyS: 600 },
  { name: 'blobs.collect', task: 'blobs.collect', payload: {}, everyS: 21_600 },
  { name: 'feeds.due', task: 'feed.poll', payload: {}, everyS: 60 },
];

/** What an installation runs: canaries only where it has named platforms for them, the check of stored bytes unless it has none of it. */
export function schedulesOf(env: Pick<Env, 'canaries' | 'storage'>): ScheduleDefinition[] {
  const canary: ScheduleDefinition = {
    name: 'platforms.canary',
    task: 'platforms.canary',
    payload: {},
    everyS: 86_400,
  };
  const verify: ScheduleDefinition = { name: 'blobs.verify', task: 'blobs.verify', payload: {}, everyS: 86_400 };
  return [
    ...upkeepSchedules,
    ...(env.storage.verifyDailyBytes === 0 ? [] : [verify]),
    ...(env.canaries.length === 0 ? [] : [canary]),
  ];
}
