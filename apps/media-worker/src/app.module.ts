import { Module, type DynamicModule } from '@nestjs/common';
import { BlobsModule } from '@vaultstream/blobs';
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
          imports: [VaultWorkerModule],
          groups: [VaultHandlers],
          relay: false,
        }),
      ],
    };
  }
}
