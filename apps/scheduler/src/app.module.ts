import { Module, type DynamicModule } from '@nestjs/common';
import { BlobsModule } from '@vaultstream/blobs';
import { RuntimeModule, type ProcessStart } from '@vaultstream/runtime';
import { StoreModule } from '@vaultstream/store';
import { TasksModule } from '@vaultstream/tasks';
import { schedulesOf, UpkeepHandlers, UpkeepWorkerModule } from '@vaultstream/upkeep';

/** Carries tasks from the log to the broker, turns due schedules into tasks, and keeps house. */
@Module({})
export class SchedulerModule {
  static forRoot(start: ProcessStart): DynamicModule {
    return {
      module: SchedulerModule,
      imports: [
        RuntimeModule.forRoot(start),
        StoreModule.forRoot({ url: start.databaseUrl, secretsKeys: start.secretsKeys }),
        BlobsModule.forRoot(start.env),
        TasksModule.forRoot({
          queues: ['upkeep'],
          imports: [UpkeepWorkerModule],
          groups: [UpkeepHandlers],
          relay: true,
          schedules: schedulesOf(start.env),
        }),
      ],
    };
  }
}
