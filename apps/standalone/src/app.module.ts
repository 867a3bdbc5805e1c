import { Module, type DynamicModule } from '@nestjs/common';
import { BackupHandlers, BackupModule, backupSchedules, BackupWorkerModule } from '@vaultstream/backup';
import { BlobsModule } from '@vaultstream/blobs';
import {
  CaptureGaugesModule,
  CaptureHandlers,
  CaptureModule,
  CaptureRehearsalModule,
  CaptureRehearsals,
  CaptureWorkerModule,
} from '@vaultstream/capture';
import {
  DeliveryGaugesModule,
  DeliveryHandlers,
  DeliveryModule,
  DeliveryRehearsalModule,
  DeliveryRehearsals,
  DeliveryWorkerModule,
} from '@vaultstream/delivery';
import { RuntimeModule, type Env, type Logger } from '@vaultstream/runtime';
import { StoreModule } from '@vaultstream/store';
import { QueueBoardModule, TasksModule } from '@vaultstream/tasks';
import { GaugesModule, schedulesOf, UpkeepHandlers, UpkeepModule, UpkeepWorkerModule } from '@vaultstream/upkeep';
import { VaultHttpModule, VaultRehearsalModule, VaultRehearsals } from '@vaultstream/vault/http';
import { SettleHandlers, SettleModule } from '@vaultstream/vault/settle';
import { VaultHandlers, VaultWorkerModule } from '@vaultstream/vault/worker';

export interface StandaloneOptions {
  env: Env;
  databaseUrl: string;
  /** Seals secrets: 32 bytes. */
  secretsKeys: Buffer[];
  /** The database is ours alone: what was running when we start was killed with our last run. */
  soleOwner: boolean;
}

/** Everything in one process. Each module is the one that the scaled processes use; only the choice differs. */
@Module({})
export class StandaloneModule {
  static forRoot({ env, databaseUrl, secretsKeys, soleOwner }: StandaloneOptions, logger: Logger): DynamicModule {
    return {
      module: StandaloneModule,
      imports: [
        RuntimeModule.forRoot({ service: 'standalone', env, logger }),
        StoreModule.forRoot({ url: databaseUrl, secretsKeys }),
        BlobsModule.forRoot(env),
        CaptureModule,
        VaultHttpModule,
        DeliveryModule,
        UpkeepModule.forRoot({
          imports: [CaptureRehearsalModule, VaultRehearsalModule, DeliveryRehearsalModule],
          rehearsals: [CaptureRehearsals, VaultRehearsals, DeliveryRehearsals],
        }),
        BackupModule,
        QueueBoardModule,
        TasksModule.forRoot({
          imports: [
            CaptureWorkerModule,
            VaultWorkerModule,
            SettleModule,
            DeliveryWorkerModule,
            UpkeepWorkerModule,
            BackupWorkerModule.forRoot({ embedded: soleOwner }),
          ],
          groups: [CaptureHandlers, VaultHandlers, SettleHandlers, DeliveryHandlers, UpkeepHandlers, BackupHandlers],
          schedules: [...schedulesOf(env), ...backupSchedules(env, soleOwner)],
          soleOwner,
        }),
        GaugesModule.forRoot({ imports: [CaptureGaugesModule, DeliveryGaugesModule], alone: soleOwner }),
      ],
    };
  }
}
