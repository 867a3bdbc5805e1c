import { Controller, Get } from '@nestjs/common';
import { backupSchema, pageOf, type BackupView } from '@vaultstream/contracts';
import { Answers, Env, Scopes } from '@vaultstream/runtime';
import { listBackups, type KeptBackup } from './backup-folder.ts';
import { rowsOf } from './backup-log.ts';

/** Which backups there are. */
@Controller('backups')
export class BackupsController {
  constructor(private readonly env: Env) {}

  @Get()
  @Scopes('admin')
  @Answers('The backups in BACKUP_DIR of this process, the newest first. What has failed is among the events.', {
    200: pageOf(backupSchema),
  })
  async list(): Promise<{ items: BackupView[]; next_cursor: null }> {
    const { kept, damaged } = await listBackups(this.env.backup.dir);
    return { items: [...kept.map(whole), ...damaged.map(unreadable)], next_cursor: null };
  }
}

function whole({ manifest }: KeptBackup): BackupView {
  const { name, kind, created_at, finished_at, postgres, blobs, tables, secrets_key } = manifest;
  return {
    name,
    kind,
    state: 'whole',
    created_at,
    finished_at,
    postgres,
    rows: rowsOf(manifest),
    bytes: tables.reduce((sum, { bytes }) => sum + bytes, 0),
    files: blobs.count,
    file_bytes: blobs.blob_bytes,
    lost_files: blobs.lost,
    secrets_key: secrets_key.included,
  };
}

const unknown = {
  kind: null,
  created_at: null,
  finished_at: null,
  postgres: null,
  rows: null,
  bytes: null,
  files: null,
  file_bytes: null,
  lost_files: null,
  secrets_key: null,
};

/** Its manifest cannot be read: nothing that it says is believed. */
const unreadable = (name: string): BackupView => ({ name, state: 'damaged', ...unknown });
