import type { BotView } from '@vaultstream/contracts';
import type { BotConfigModel } from '../generated/models/BotConfig.ts';

/** A bot account as the product sees it: its token is masked. `Bots.access` opens the real one. */
export interface BotRecord extends Omit<BotConfigModel, 'tokenCipher'> {
  maskedToken: string;
}

/** Characters of a token's end that are shown: enough to recognise it, useless without the other thirty. */
const shownEnd = 4;

/** `123456:****abcd`: what stands before a colon is the bot's public number, the rest is the secret. */
export function maskBotToken(token: string): string {
  const [, number = ''] = /^(\d{1,19}:)/.exec(token) ?? [];
  const secret = token.slice(number.length);
  return `${number}****${secret.length >= 16 ? secret.slice(-shownEnd) : ''}`;
}

/** Record to the answer of the API. */
export function toBotView(bot: BotRecord): BotView {
  return {
    id: bot.id,
    platform: bot.platform,
    name: bot.name,
    bot_token: bot.maskedToken,
    enabled: bot.enabled,
    is_primary: bot.isPrimary,
    disabled_reason: bot.disabledReason,
    created_at: bot.createdAt.toISOString(),
    updated_at: bot.updatedAt.toISOString(),
  };
}
