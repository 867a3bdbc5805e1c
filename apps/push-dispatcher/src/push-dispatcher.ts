import { runProcess } from '@vaultstream/runtime';
import { databaseReady } from '@vaultstream/store';
import { migrateBroker } from '@vaultstream/tasks';
import { PushDispatcherModule } from './app.module.ts';

/** Competing consumer of queue `push`: decides by the rules and sends. Any number may run. */
await runProcess({
  service: 'push-dispatcher',
  ready: (start, signal) => databaseReady(start, signal, [migrateBroker]),
  module: (start) => PushDispatcherModule.forRoot(start),
});
