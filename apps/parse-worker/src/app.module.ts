import { Module, type DynamicModule } from '@nestjs/common';
import { BlobsModule } from '@vaultstream/blobs';
import { CaptureHandlers, CaptureWorkerModule } from '@vaultstream/capture';
import { RuntimeModule, type ProcessStart } from '@vaultstream/runtime';
import { StoreModule } from '@vaultstream/store';
import { TasksModule } from '@vaultstream/tasks';

/** Reads shared pages: the tasks of queue `parse`, and nothing else. */
@Module({})
export class ParseWorkerModule {
  static forRoot(start: ProcessStart): DynamicModule {
    return {
      module: ParseWorkerModule,
      imports: [
        RuntimeModule.forRoot(start),
        StoreModule.forRoot({ url: start.databaseUrl, secretsKeys: start.secretsKeys }),
        BlobsModule.forRoot(start.env),
        TasksModule.forRoot({
          queues: ['parse'],
          imports: [CaptureWorkerModule],
          groups: [CaptureHandlers],
          relay: false,
        }),
      ],
    };
  }
}
