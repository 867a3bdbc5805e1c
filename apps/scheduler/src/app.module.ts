import { Module, type DynamicModule } from '@nestjs/common';
import { BackupHandlers, backupSchedules, BackupWorkerModule } from '@vaultstream/backup';
import { BlobsModule } from '@vaultstream/blobs';
import { CaptureGaugesModule } from '@vaultstream/capture';
import { DeliveryGaugesModule } from '@vaultstream/delivery';
import { RuntimeModule, type ProcessStart } from '@vaultstream/runtime';
import { StoreModule } from '@vaultstream/store';
import { TasksModule } from '@vaultstream/tasks';
import { GaugesModule, schedulesOf, UpkeepHandlers, UpkeepWorkerModule } from '@vaultstream/upkeep';

/** Carries tasks from the log to the broker, turns due schedules into tasks, keeps house, and tells the gauges of the database if it is elected. */
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
          imports: [UpkeepWorkerModule, BackupWorkerModule.forRoot({ embedded: false })],
          groups: [UpkeepHandlers, BackupHandlers],
          relay: true,
          schedules: [...schedulesOf(start.env), ...backupSchedules(start.env, false)],
        }),
        GaugesModule.forRoot({ imports: [CaptureGaugesModule, DeliveryGaugesModule] }),
      ],
    };
  }
}
