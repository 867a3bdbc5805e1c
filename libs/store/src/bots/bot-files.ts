import type { Tx } from '@vaultstream/contracts';
import { type Database } from '../database/database.ts';
import { openTx } from '../database/tx.ts';

/** What chat services call the files that a bot has uploaded: such names hold for that bot only. */
export class BotFiles {
  constructor(private readonly db: Database) {}

  /** Null when the bot has never uploaded these bytes. */
  async find(botId: string, blobKey: string): Promise<string | null> {
    const id = { botConfigId: botId, blobKey };
    const row = await this.db.reading((client) => client.botFile.findUnique({ where: { botConfigId_blobKey: id } }));
    return row?.fileId ?? null;
  }

  /** The newest name wins: the service may have dropped an older one. */
  async remember(tx: Tx, botId: string, files: readonly { key: string; fileId: string }[]): Promise<void> {
    const sorted = [...files].sort((one, other) => (one.key < other.key ? -1 : 1));
    for (const { key, fileId } of sorted)
      await openTx(tx).$executeRaw`
        INSERT INTO bot_files (bot_config_id, blob_key, file_id) VALUES (${botId}::uuid, ${key}, ${fileId})
        ON CONFLICT (bot_config_id, blob_key) DO UPDATE SET file_id = excluded.file_id`;
  }
}
