import type { PayloadOf } from '@vaultstream/contracts';

/** Periodic work: registered as `schedules` rows at start, claimed by whichever process is first. */
export const upkeepSchedules: { name: string; task: 'upkeep.run'; payload: PayloadOf<'upkeep.run'>; everyS: number }[] =
  [
    { name: 'upkeep.events', task: 'upkeep.run', payload: { job: 'events' }, everyS: 86_400 },
    { name: 'upkeep.idempotency', task: 'upkeep.run', payload: { job: 'idempotency' }, everyS: 3_600 },
    { name: 'upkeep.retention', task: 'upkeep.run', payload: { job: 'retention' }, everyS: 86_400 },
  ];
