import type { BotRequest, Tx } from '@vaultstream/contracts';
import type { Bots } from '../bots/bots.ts';
import { cleanText } from '../contents/clean-text.ts';
import { openTx } from '../database/tx.ts';
import { SecretError, type SecretBox } from '../secrets/secret-box.ts';

/**
 * Keeps a bot of the old version. False when one with its token is, or was, here already. It is the primary one of its platform
 * only where there is none.
 */
export async function importBot(tx: Tx, bots: Bots, secrets: SecretBox, bot: BotRequest): Promise<boolean> {
  const here = await openTx(tx).botConfig.findMany({
    where: { platform: bot.platform },
    select: { id: true, tokenCipher: true, isPrimary: true, deletedAt: true },
  });
  if (here.some((row) => tokenOf(secrets, row) === bot.bot_token)) return false;
  const hasPrimary = here.some((row) => row.isPrimary && row.deletedAt === null);
  await bots.create(tx, { ...bot, name: cleanText(bot.name), is_primary: bot.is_primary && !hasPrimary });
  return true;
}

/** Null for a token that another key has sealed. */
function tokenOf(secrets: SecretBox, row: { id: string; tokenCipher: string }): string | null {
  try {
    return secrets.open(row.tokenCipher, { table: 'bot_configs', row: row.id, column: 'token_cipher' });
  } catch (error) {
    if (error instanceof SecretError) return null;
    throw error;
  }
}
