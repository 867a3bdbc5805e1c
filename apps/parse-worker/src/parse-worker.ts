import { runProcess } from '@vaultstream/runtime';
import { databaseReady } from '@vaultstream/store';
import { migrateBroker } from '@vaultstream/tasks';
import { ParseWorkerModule } from './app.module.ts';

/** Competing consumer of queue `parse`: reads shared pages. Any number may run. */
await runProcess({
  service: 'parse-worker',
  ready: (start, signal) => databaseReady(start, signal, [migrateBroker]),
  module: (start) => ParseWorkerModule.forRoot(start),
});
