import type { OldDatabase, OldRow } from '@vaultstream/store';
import { oldId } from '../map/old-id.ts';
import { chatKey } from '../map/pushes.ts';
import { mapRule } from '../map/rules.ts';
import { text } from '../map/values.ts';
import type { ImportRun } from './import-run.ts';

/** Brings the distribution rules over, disabled, where it is clear what they mean. */
export async function importRules(run: ImportRun): Promise<void> {
  const { database, tally, target, dryRun } = run;
  const tables = await database.tables();
  if (!tables.has('distribution_rules')) return;
  const keys = await targetKeysOf(database, tables);
  for await (const rows of database.pages('distribution_rules', 100))
    for (const row of rows) {
      const example = text(row['name'], 200) ?? text(row['id'], 100) ?? 'without a name';
      const mapped = mapRule(row);
      if ('unclear' in mapped) {
        tally.add('rules', 'skipped');
        tally.note('rules', `make it anew by hand: ${mapped.unclear}`, { example, person: true });
        continue;
      }
      const chats = keys.get(text(row['id'], 100)) ?? { targetKeys: [], nsfwTargetKeys: [] };
      const rule = { id: oldId('rule', mapped.rule.name), rule: mapped.rule, ...chats };
      const result =
        dryRun || !target
          ? { outcome: 'imported' as const, missing: [] }
          : await target.work.transact((tx) => target.imports.rule(tx, rule));
      tally.add('rules', result.outcome === 'taken' ? 'skipped' : result.outcome);
      if (result.outcome === 'taken')
        tally.note('rules', 'there is another rule of this name', { example, person: true });
      if (result.outcome !== 'imported') continue;
      tally.note('rules', 'imported disabled: look at it, then enable it', { example });
      for (const key of result.missing) tally.note('rules', `give it the target ${key}, once that exists`, { example });
      if (text(row['rate_limit'], 20) !== null || text(row['time_window'], 20) !== null)
        tally.note('rules', 'its rate limit and time window are not carried over', { example });
    }
}

interface ChatKeys {
  targetKeys: string[];
  nsfwTargetKeys: string[];
}

/** Keys of the chats that each rule pushes to, and of those that these name for NSFW contents, by the rule's old id. */
async function targetKeysOf(database: OldDatabase, tables: ReadonlySet<string>): Promise<Map<string | null, ChatKeys>> {
  const all = async (table: string): Promise<OldRow[]> => {
    const rows: OldRow[] = [];
    if (tables.has(table)) for await (const page of database.pages(table, 500)) rows.push(...page);
    return rows;
  };
  const chats = new Map((await all('bot_chats')).map((chat) => [text(chat['id'], 100), chat]));
  const keys = new Map<string | null, ChatKeys>();
  const added = (list: string[], platform: string, chatId: string | null | undefined): string[] =>
    chatId ? [...new Set([...list, chatKey(platform, chatId)])] : list;
  for (const link of await all('distribution_targets')) {
    const chat = chats.get(text(link['bot_chat_id'], 100));
    const chatId = chat && text(chat['chat_id'], 200)?.replaceAll('\u0000', '');
    if (!chat || chatId === undefined || chatId === null) continue;
    const platform = (text(chat['chat_type'], 50) ?? '').startsWith('qq_') ? 'qq' : 'telegram';
    const rule = text(link['rule_id'], 100);
    const { targetKeys, nsfwTargetKeys } = keys.get(rule) ?? { targetKeys: [], nsfwTargetKeys: [] };
    const nsfwChatId = text(chat['nsfw_chat_id'] ?? null, 200)?.replaceAll('\u0000', '');
    keys.set(rule, {
      targetKeys: added(targetKeys, platform, chatId),
      nsfwTargetKeys: added(nsfwTargetKeys, platform, nsfwChatId),
    });
  }
  return keys;
}
