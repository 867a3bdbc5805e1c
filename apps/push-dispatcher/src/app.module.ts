import { Module, type DynamicModule } from '@nestjs/common';
import { BlobsModule } from '@vaultstream/blobs';
import { DeliveryHandlers, DeliveryWorkerModule } from '@vaultstream/delivery';
import { RuntimeModule, type ProcessStart } from '@vaultstream/runtime';
import { StoreModule } from '@vaultstream/store';
import { TasksModule } from '@vaultstream/tasks';
import { SettleHandlers, SettleModule } from '@vaultstream/vault/settle';

/** Plans and sends: the tasks of the queues `plan` and `push`, and nothing else. */
@Module({})
export class PushDispatcherModule {
  static forRoot(start: ProcessStart): DynamicModule {
    return {
      module: PushDispatcherModule,
      imports: [
        RuntimeModule.forRoot(start),
        StoreModule.forRoot({ url: start.databaseUrl, secretsKeys: start.secretsKeys }),
        BlobsModule.forRoot(start.env),
        TasksModule.forRoot({
          queues: ['plan', 'push'],
          imports: [DeliveryWorkerModule, SettleModule],
          groups: [DeliveryHandlers, SettleHandlers],
          relay: false,
        }),
      ],
    };
  }
}
