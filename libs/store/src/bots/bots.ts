import { NotFound, type BotPatch, type BotRequest, type Tx } from '@vaultstream/contracts';
import { v7 as uuid } from 'uuid';
import { type Database } from '../database/database.ts';
import { decodeCursor, encodeCursor, olderThan, toPage } from '../database/page.ts';
import { openTx } from '../database/tx.ts';
import { Events } from '../events/events.ts';
import type { BotConfigModel } from '../generated/models/BotConfig.ts';
import { type SecretBox } from '../secrets/secret-box.ts';
import { maskBotToken, type BotRecord } from './bot-record.ts';

const sealedAt = (id: string) => ({ table: 'bot_configs', row: id, column: 'token_cipher' });

/** A bot that may be used, token included. For sending and testing only. */
export interface OpenedBot {
  id: string;
  token: string;
}

/** Bot accounts of chat services. Tokens are sealed, each to its row. */
export class Bots {
  constructor(
    private readonly db: Database,
    private readonly secrets: SecretBox,
  ) {}

  async create(tx: Tx, bot: BotRequest): Promise<BotRecord> {
    const id = uuid();
    const { platform, name, enabled } = bot;
    await lockPlatform(tx, platform);
    if (bot.is_primary) await demoteAll(tx, platform);
    const tokenCipher = this.secrets.seal(bot.bot_token, sealedAt(id));
    const data = { id, platform, name, enabled, isPrimary: bot.is_primary, tokenCipher };
    const row = await openTx(tx).botConfig.create({ data });
    await Events.append(tx, [
      { type: 'bot.created', payload: { bot_id: id, platform, name, is_primary: bot.is_primary } },
    ]);
    return this.toRecord(row);
  }

  /** Making one primary demotes the others. A new token or `enabled` forgives what it was disabled for. @throws NotFound */
  async update(tx: Tx, id: string, patch: BotPatch): Promise<BotRecord> {
    const client = openTx(tx);
    const { platform } = await findLive(tx, id);
    await lockPlatform(tx, platform);
    const before = await findLive(tx, id);
    if (patch.is_primary === true) await demoteAll(tx, platform);
    const revived = patch.bot_token !== undefined && before.disabledReason !== null;
    const enabled = patch.enabled ?? (revived ? true : undefined);
    const row = await client.botConfig.update({
      where: { id },
      data: {
        ...(patch.name === undefined ? {} : { name: patch.name }),
        ...(patch.bot_token === undefined ? {} : { tokenCipher: this.secrets.seal(patch.bot_token, sealedAt(id)) }),
        ...(patch.is_primary === undefined ? {} : { isPrimary: patch.is_primary }),
        ...(enabled === undefined ? {} : { enabled, disabledReason: null }),
        updatedAt: new Date(),
      },
    });
    const fields = Object.keys(patch);
    await Events.append(tx, [{ type: 'bot.updated', payload: { bot_id: id, platform, fields } }]);
    return this.toRecord(row);
  }

  /** Deletes softly: it is no primary any more, and what would go through it waits for another. @throws NotFound */
  async remove(tx: Tx, id: string): Promise<void> {
    const { platform } = await findLive(tx, id);
    await lockPlatform(tx, platform);
    await findLive(tx, id);
    const now = new Date();
    const data = { deletedAt: now, enabled: false, isPrimary: false, updatedAt: now };
    await openTx(tx).botConfig.update({ where: { id }, data });
    await Events.append(tx, [{ type: 'bot.deleted', payload: { bot_id: id, platform } }]);
  }

  /** The service refuses its token. One event, however many messages meet that. */
  async disable(tx: Tx, id: string, reason: 'unauthorized'): Promise<void> {
    const [row] = await openTx(tx).$queryRaw<{ platform: string }[]>`
      UPDATE bot_configs SET enabled = false, disabled_reason = ${reason}, updated_at = now()
      WHERE id = ${id}::uuid AND enabled AND deleted_at IS NULL RETURNING platform`;
    if (row)
      await Events.append(tx, [{ type: 'bot.disabled', payload: { bot_id: id, platform: row.platform, reason } }]);
  }

  /**
   * Keeps the bot of an environment variable under that name: made at the first start, with its token of today, primary when its platform has no
   * primary one. A bot with this token that a person has made, or a name that a person has deleted, is left alone.
   */
  async bootstrap(tx: Tx, platform: string, name: string, token: string): Promise<void> {
    await lockPlatform(tx, platform);
    const rows = await openTx(tx).botConfig.findMany({ where: { platform } });
    const own = rows.find((row) => row.name === name);
    if (rows.some((row) => this.tokenOf(row) === token) || (own && own.deletedAt !== null)) return;
    if (own) {
      await this.update(tx, own.id, { bot_token: token });
      return;
    }
    const is_primary = !rows.some((row) => row.isPrimary && row.deletedAt === null);
    await this.create(tx, { platform, name, bot_token: token, enabled: true, is_primary });
  }

  /** Null for an unknown or deleted bot. */
  async find(id: string): Promise<BotRecord | null> {
    const row = await this.db.reading((client) => client.botConfig.findFirst({ where: { id, deletedAt: null } }));
    return row && this.toRecord(row);
  }

  /** @throws NotFound for an unknown or deleted bot. */
  async get(id: string): Promise<BotRecord> {
    const bot = await this.find(id);
    if (!bot) throw new NotFound('There is no such bot.');
    return bot;
  }

  /** The primary bot of a platform, enabled or not; null when there is none. */
  async primary(platform: string): Promise<BotRecord | null> {
    const where = { platform, isPrimary: true, deletedAt: null };
    const row = await this.db.reading((client) => client.botConfig.findFirst({ where }));
    return row && this.toRecord(row);
  }

  /** The bot of a target, token included: the named one, or the primary one. Null when it cannot be used now. @throws SecretError */
  async access(platform: string, id: string | null): Promise<OpenedBot | null> {
    const which = id === null ? { isPrimary: true } : { id };
    const where = { platform, ...which, enabled: true, deletedAt: null };
    const row = await this.db.reading((client) => client.botConfig.findFirst({ where }));
    return row && { id: row.id, token: this.secrets.open(row.tokenCipher, sealedAt(row.id)) };
  }

  /** Newest first. */
  async list(page: { limit: number; cursor?: string | undefined }) {
    const after = page.cursor === undefined ? null : decodeCursor('bots', ['time', 'uuid'], page.cursor);
    const rows = await this.db.reading((client) =>
      client.botConfig.findMany({
        where: { deletedAt: null, ...olderThan(after) },
        orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
        take: page.limit + 1,
      }),
    );
    const toRecord = (row: BotConfigModel) => this.toRecord(row);
    return toPage(rows, page.limit, toRecord, (row) => encodeCursor('bots', [row.createdAt, row.id]));
  }

  private toRecord(row: BotConfigModel): BotRecord {
    const { tokenCipher: _, ...rest } = row;
    return { ...rest, maskedToken: maskBotToken(this.tokenOf(row) ?? '') };
  }

  /** Null when it cannot be opened: the key is gone. Listing must still work then. */
  private tokenOf(row: BotConfigModel): string | null {
    try {
      return this.secrets.open(row.tokenCipher, sealedAt(row.id));
    } catch {
      return null;
    }
  }
}

/** One change of a platform's bots at a time: two that become primary at once would meet in the unique index. */
async function lockPlatform(tx: Tx, platform: string): Promise<void> {
  await openTx(tx).$queryRaw`SELECT 1 AS locked FROM pg_advisory_xact_lock(hashtextextended(${`bots:${platform}`}, 0))`;
}

async function demoteAll(tx: Tx, platform: string): Promise<void> {
  await openTx(tx).$executeRaw`
    UPDATE bot_configs SET is_primary = false, updated_at = now() WHERE platform = ${platform} AND is_primary`;
}

async function findLive(tx: Tx, id: string): Promise<BotConfigModel> {
  const row = await openTx(tx).botConfig.findFirst({ where: { id, deletedAt: null } });
  if (!row) throw new NotFound('There is no such bot.');
  return row;
}
