import { Module, type DynamicModule } from '@nestjs/common';
import { BlobsModule } from '@vaultstream/blobs';
import { DeliveryHandlers, DeliveryWorkerModule } from '@vaultstream/delivery';
import { RuntimeModule, type ProcessStart } from '@vaultstream/runtime';
import { StoreModule } from '@vaultstream/store';
import { TasksModule } from '@vaultstream/tasks';

/** Plans and sends: the tasks of queue `push`, and nothing else. */
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
          queues: ['push'],
          imports: [DeliveryWorkerModule],
          groups: [DeliveryHandlers],
          relay: false,
        }),
      ],
    };
  }
}
