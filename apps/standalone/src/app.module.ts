import type { DynamicModule } from '@nestjs/common';
import { BlobsModule } from '@vaultstream/blobs';
import { CaptureHandlers, CaptureModule, CaptureWorkerModule } from '@vaultstream/capture';
import { DeliveryHandlers, DeliveryModule, DeliveryWorkerModule } from '@vaultstream/delivery';
import { RuntimeModule, type Env, type Logger } from '@vaultstream/runtime';
import { StoreModule } from '@vaultstream/store';
import { TasksModule } from '@vaultstream/tasks';
import { UpkeepHandlers, UpkeepModule, UpkeepWorkerModule, upkeepSchedules } from '@vaultstream/upkeep';
import { VaultHttpModule } from '@vaultstream/vault/http';
import { VaultHandlers, VaultWorkerModule } from '@vaultstream/vault/worker';

/** Everything in one process. Each module is the one that the scaled processes use; only the choice differs. */
export class StandaloneModule {
  /** @param database Where the rows live, and the key that seals secrets: 32 bytes. */
  static forRoot(env: Env, database: { databaseUrl: string; secretsKey: Buffer }, logger: Logger): DynamicModule {
    return {
      module: StandaloneModule,
      imports: [
        RuntimeModule.forRoot({ service: 'standalone', env, logger }),
        StoreModule.forRoot({ url: database.databaseUrl, secretsKeys: [database.secretsKey] }),
        BlobsModule.forRoot(env),
        CaptureModule,
        VaultHttpModule,
        DeliveryModule,
        UpkeepModule,
        TasksModule.forRoot({
          imports: [CaptureWorkerModule, VaultWorkerModule, DeliveryWorkerModule, UpkeepWorkerModule],
          groups: [CaptureHandlers, VaultHandlers, DeliveryHandlers, UpkeepHandlers],
          schedules: upkeepSchedules,
        }),
      ],
    };
  }
}
