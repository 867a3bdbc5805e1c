import { runProcess } from '@vaultstream/runtime';
import { databaseReady } from '@vaultstream/store';
import { migrateBroker } from '@vaultstream/tasks';
import { ApiModule } from './app.module.ts';
import { admitOperator } from './admit-operator.ts';

/** The HTTP edge: stateless, any number of replicas behind a load balancer. Runs no task. */
await runProcess({
  service: 'api',
  ready: (start, signal) => databaseReady(start, signal, [migrateBroker]),
  module: (start) => ApiModule.forRoot(start),
  api: { open: admitOperator },
});
