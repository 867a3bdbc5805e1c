import { Module, type DynamicModule } from '@nestjs/common';
import { BackupHandler, BackupHandlers, EMBEDDED } from './backup.handler.ts';
import { BackupsController } from './backups.controller.ts';

/** The API's half: which backups there are. */
@Module({ controllers: [BackupsController] })
export class BackupModule {}

/** The worker's half: the handler of `backup.run`. Needs StoreModule, BlobsModule and RuntimeModule, which are global. */
@Module({})
export class BackupWorkerModule {
  /** @param embedded The database is our own: nightly backups are made unless BACKUP_NIGHTLY says otherwise. */
  static forRoot({ embedded }: { embedded: boolean }): DynamicModule {
    return {
      module: BackupWorkerModule,
      providers: [{ provide: EMBEDDED, useValue: embedded }, BackupHandler, BackupHandlers],
      exports: [BackupHandlers],
    };
  }
}
