import type { ImportedPush, OldRow } from '@vaultstream/store';
import { time } from './time.ts';
import { text } from './values.ts';

/** Messages of one push that are kept. */
const maxMessages = 50;

/**
 * Groups the pushed records of one content by target. Records that say `failed` or `pending` did not arrive and are only counted.
 * @param fallback The time of a push whose own cannot be read.
 */
export function pushesOf(rows: readonly OldRow[], fallback: Date): { pushes: ImportedPush[]; unsent: number } {
  const byTarget = new Map<string, ImportedPush>();
  let unsent = 0;
  for (const row of rows) {
    const key = targetKey(row);
    const status = text(row['push_status'], 50)?.toLowerCase() ?? 'success';
    if (key === null || !['success', 'sent', 'pushed'].includes(status)) {
      unsent += 1;
      continue;
    }
    const pushedAt = time(row['pushed_at']) ?? fallback;
    const push = byTarget.get(key) ?? { targetKey: key, messageIds: [], pushedAt };
    const messageId = text(row['message_id'], 200);
    if (messageId !== null && !push.messageIds.includes(messageId) && push.messageIds.length < maxMessages)
      push.messageIds.push(messageId);
    if (pushedAt < push.pushedAt) push.pushedAt = pushedAt;
    byTarget.set(key, push);
  }
  return { pushes: [...byTarget.values()].flatMap(underBothNames), unsent };
}

/** A Telegram target is called by its @name in lower case; a bot may go on asking under the spelling that it used before. */
function underBothNames(push: ImportedPush): ImportedPush[] {
  const lower = push.targetKey.replace(
    /^(TG_CHANNEL_)(@.+)$/,
    (_, prefix: string, name: string) => prefix + name.toLowerCase(),
  );
  return lower === push.targetKey ? [push] : [push, { ...push, targetKey: lower }];
}

/** Era A calls the target by its key; later there are a platform and the id of a chat. Null when neither says who it was. */
function targetKey(row: OldRow): string | null {
  const platform = text(row['target_platform'], 300)?.replaceAll('\u0000', '') ?? null;
  const id = text(row['target_id'], 200)?.replaceAll('\u0000', '') ?? null;
  if (id === null) return platform;
  return chatKey(platform ?? '', id);
}

/** The key of a chat of the old version, as bots call it. */
export function chatKey(platform: string, chatId: string): string {
  if (/^(TG|QQ|DISCORD|SLACK|WEBHOOK)_/.test(chatId)) return chatId;
  const name = platform.toLowerCase();
  if (name === 'telegram' || name.startsWith('tg_')) return `TG_CHANNEL_${chatId}`;
  return `${(name === '' ? 'unknown' : name).toUpperCase().slice(0, 50)}_${chatId}`;
}
