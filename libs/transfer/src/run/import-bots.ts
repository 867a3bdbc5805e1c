import { botRequestSchema } from '@vaultstream/contracts';
import { flag, text } from '../map/values.ts';
import type { ImportRun } from './import-run.ts';

/** Brings the Telegram bots over, their tokens sealed. Other kinds are noted. */
export async function importBots(run: ImportRun): Promise<void> {
  const { database, tally, target, dryRun } = run;
  if (!(await database.tables()).has('bot_configs')) return;
  for await (const rows of database.pages('bot_configs', 100))
    for (const row of rows) {
      const platform = (text(row['platform'], 50) ?? '').toLowerCase();
      const name = text(row['name'], 200) ?? platform;
      const bot = botRequestSchema.safeParse({
        platform,
        name,
        bot_token: text(row['bot_token'], 512) ?? '',
        enabled: flag(row['enabled']),
        is_primary: flag(row['is_primary']),
      });
      if (platform !== 'telegram' || !bot.success) {
        tally.add('bots', 'skipped');
        const reason =
          platform === 'telegram' ? 'has no token that could be one' : `${platform} bots are not supported`;
        tally.note('bots', reason, { example: name });
        continue;
      }
      const written = dryRun || !target || (await target.work.transact((tx) => target.imports.bot(tx, bot.data)));
      tally.add('bots', written ? 'imported' : 'known');
    }
}
