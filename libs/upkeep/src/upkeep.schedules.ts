import type { ScheduleDefinition } from '@vaultstream/contracts';

/** Periodic work of every room: registered as `schedules` rows at start, claimed by whichever process is first. */
export const upkeepSchedules: ScheduleDefinition[] = [
  { name: 'upkeep.events', task: 'upkeep.run', payload: { job: 'events' }, everyS: 86_400 },
  { name: 'upkeep.idempotency', task: 'upkeep.run', payload: { job: 'idempotency' }, everyS: 3_600 },
  { name: 'upkeep.dead_letters', task: 'upkeep.run', payload: { job: 'dead_letters' }, everyS: 600 },
  { name: 'upkeep.retention', task: 'upkeep.run', payload: { job: 'retention' }, everyS: 86_400 },
  { name: 'blobs.collect', task: 'blobs.collect', payload: {}, everyS: 21_600 },
];
