import { Module, type DynamicModule } from '@nestjs/common';
import { BlobsModule } from '@vaultstream/blobs';
import { SettleHandlers, SettleModule } from '@vaultstream/vault/settle';
import { VaultHandlers, VaultWorkerModule } from '@vaultstream/vault/worker';
import { RuntimeModule, type ProcessStart } from '@vaultstream/runtime';
import { StoreModule } from '@vaultstream/store';
import { TasksModule } from '@vaultstream/tasks';

/** Archives pictures and makes renditions: the tasks of queue `media`, and nothing else. */
@Module({})
export class MediaWorkerModule {
  static forRoot(start: ProcessStart): DynamicModule {
    return {
      module: MediaWorkerModule,
      imports: [
        RuntimeModule.forRoot(start),
        StoreModule.forRoot({ url: start.databaseUrl, secretsKeys: start.secretsKeys }),
        BlobsModule.forRoot(start.env),
        TasksModule.forRoot({
          queues: ['media'],
          // Settles what an earlier release has appended to this queue.
          imports: [VaultWorkerModule, SettleModule],
          groups: [VaultHandlers, SettleHandlers],
          relay: false,
        }),
      ],
    };
  }
}
