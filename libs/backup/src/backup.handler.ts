import { Inject, Injectable } from '@nestjs/common';
import { BlobStore } from '@vaultstream/blobs';
import { isVaultError, UnitOfWork, type PayloadOf } from '@vaultstream/contracts';
import { Env } from '@vaultstream/runtime';
import type { Handlers, TaskContext, TaskHandler } from '@vaultstream/tasks';
import { noteFailed, noteFinished, rowsOf } from './backup-log.ts';
import { isNightly } from './backup.schedules.ts';
import { expireBackups } from './expire-backups.ts';
import { makeBackup } from './make-backup.ts';

/** Whether the database is our own: see `isNightly`. */
export const EMBEDDED = Symbol('backup.embedded');

/** `backup.run`: the backup of the night. */
@Injectable()
export class BackupHandler implements TaskHandler<'backup.run'> {
  constructor(
    private readonly env: Env,
    @Inject(BlobStore) private readonly store: BlobStore,
    @Inject(UnitOfWork) private readonly work: UnitOfWork,
    @Inject(EMBEDDED) private readonly embedded: boolean,
  ) {}

  /**
   * @throws Later while another backup is being written; Error when it failed, which counts as a failure of this try: a disk that is full at
   *   night would else be tried for ever.
   */
  async run(_: PayloadOf<'backup.run'>, { logger, signal }: TaskContext): Promise<void> {
    const { databaseUrl, secretsKeys, backup } = this.env;
    if (!isNightly(this.env, this.embedded) || databaseUrl === undefined || secretsKeys.length === 0) return;
    try {
      const { dir: root, passphrase, keepDays } = backup;
      const made = await makeBackup({
        databaseUrl,
        store: this.store,
        root,
        kind: 'nightly',
        secretsKeys,
        passphrase,
        signal,
      });
      await noteFinished(this.work, made);
      const { name, blobs, secrets_key: key } = made.manifest;
      const facts = {
        backup: name,
        rows: rowsOf(made.manifest),
        files: blobs.count,
        copied: made.copied,
        lost: blobs.lost,
      };
      logger.info({ name: 'backup.finished', ...facts, secrets_key: key.included }, 'backup made');
      if (blobs.lost > 0)
        logger.error(
          { name: 'backup.lost', lost: blobs.lost },
          'stored files are missing or damaged, and could not be backed up',
        );
      await this.expire(root, keepDays, logger);
    } catch (error) {
      signal.throwIfAborted();
      if (isVaultError(error) && error.disposition === 'later') throw error;
      await noteFailed(this.work, 'nightly', error);
      throw new Error(error instanceof Error ? error.message : String(error), { cause: error });
    }
  }

  /** What is old goes; that it cannot go is no fault of the backup that was made, and no reason to make another one. */
  private async expire(root: string, keepDays: number, logger: TaskContext['logger']): Promise<void> {
    try {
      const expired = await expireBackups(root, keepDays);
      logger.info({ name: 'backup.expired', ...expired }, 'old backups removed');
    } catch (err) {
      logger.error({ name: 'backup.expire', err }, 'old backups could not be removed');
    }
  }
}

/** What this verb contributes to the task runner. */
@Injectable()
export class BackupHandlers {
  readonly handlers: Handlers<'backup.run'>;

  constructor(run: BackupHandler) {
    this.handlers = { 'backup.run': run };
  }
}
