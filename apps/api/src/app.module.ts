import { Module, type DynamicModule } from '@nestjs/common';
import { BackupModule } from '@vaultstream/backup';
import { BlobsModule } from '@vaultstream/blobs';
import { CaptureModule, CaptureRehearsalModule, CaptureRehearsals } from '@vaultstream/capture';
import { DeliveryModule, DeliveryRehearsalModule, DeliveryRehearsals } from '@vaultstream/delivery';
import { RuntimeModule, type ProcessStart } from '@vaultstream/runtime';
import { StoreModule } from '@vaultstream/store';
import { QueueBoardModule, RateLimitModule, TasksModule } from '@vaultstream/tasks';
import { UpkeepModule } from '@vaultstream/upkeep';
import { VaultHttpModule, VaultRehearsalModule, VaultRehearsals } from '@vaultstream/vault/http';

/** The HTTP half of every verb. Of the tasks it only knows how they are: `/health`, the gauges. */
@Module({})
export class ApiModule {
  static forRoot(start: ProcessStart): DynamicModule {
    return {
      module: ApiModule,
      imports: [
        RuntimeModule.forRoot({ ...start, metricsApart: true }),
        StoreModule.forRoot({ url: start.databaseUrl, secretsKeys: start.secretsKeys }),
        BlobsModule.forRoot(start.env),
        CaptureModule,
        VaultHttpModule,
        DeliveryModule,
        UpkeepModule.forRoot({
          imports: [CaptureRehearsalModule, VaultRehearsalModule, DeliveryRehearsalModule],
          rehearsals: [CaptureRehearsals, VaultRehearsals, DeliveryRehearsals],
        }),
        BackupModule,
        RateLimitModule,
        QueueBoardModule,
        TasksModule.forRoot({ queues: [], groups: [], relay: false }),
      ],
    };
  }
}
