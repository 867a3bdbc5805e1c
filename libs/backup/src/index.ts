export { findBackup, type KeptBackup } from './backup-folder.ts';
export { noteFailed, noteFinished, rowsOf } from './backup-log.ts';
export { BackupHandlers } from './backup.handler.ts';
export { BackupModule, BackupWorkerModule } from './backup.modules.ts';
export { backupSchedules } from './backup.schedules.ts';
export { makeBackup, type MadeBackup } from './make-backup.ts';
export { restoreBackup, type Restored } from './restore-backup.ts';
export { readSecretsKeys } from './secrets-file.ts';
export { verifyBackup, type Verdict } from './verify-backup.ts';
