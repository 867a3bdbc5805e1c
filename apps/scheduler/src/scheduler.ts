import { runProcess } from '@vaultstream/runtime';
import { databaseReady } from '@vaultstream/store';
import { migrateBroker } from '@vaultstream/tasks';
import { SchedulerModule } from './app.module.ts';

/** Relay of the task log, periodic work and queue `upkeep`. Any number may run: each tick and each task is claimed once. */
await runProcess({
  service: 'scheduler',
  ready: (start, signal) => databaseReady(start, signal, [migrateBroker]),
  module: (start) => SchedulerModule.forRoot(start),
});
