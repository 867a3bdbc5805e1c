import { runProcess } from '@vaultstream/runtime';
import { databaseReady } from '@vaultstream/store';
import { migrateBroker } from '@vaultstream/tasks';
import { MediaWorkerModule } from './app.module.ts';

/** Competing consumer of queue `media`: archives pictures. The only process that ever loads sharp, in a child. Any number may run. */
await runProcess({
  service: 'media-worker',
  ready: (start, signal) => databaseReady(start, signal, [migrateBroker]),
  module: (start) => MediaWorkerModule.forRoot(start),
});
