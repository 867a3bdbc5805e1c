import type { TaskLog, Tx } from '@vaultstream/contracts';
import { currentTrace } from '@vaultstream/runtime';
import { openTx } from '../database/tx.ts';

/** The dedupe key of a content's parse: at most one is alive. */
export const parseKey = (contentId: number): string => `content.parse:${contentId}`;

/**
 * Sees to it that a parse of a locked content is under way, at least as urgent as `priority`. True when it had to be appended.
 *
 * The live task is looked up, not written: a run that is about to commit holds its task row and waits for our content lock. So
 * a running or queued task keeps its priority, and one that ends meanwhile has set its status before we get the lock.
 */
export async function ensureParseTask(tx: Tx, log: TaskLog, contentId: number, priority: number): Promise<boolean> {
  const key = parseKey(contentId);
  const client = openTx(tx);
  const live = await client.$queryRaw<unknown[]>`SELECT 1 FROM tasks WHERE dedupe_key = ${key}`;
  if (live.length > 0) {
    await client.$executeRaw`
      UPDATE tasks SET priority = ${priority} WHERE id IN
        (SELECT id FROM tasks WHERE dedupe_key = ${key} AND state = 'ready' AND priority > ${priority} FOR UPDATE SKIP LOCKED)`;
    return false;
  }
  await log.append(tx, [
    { name: 'content.parse', payload: { content_id: contentId }, dedupeKey: key, priority, trace: currentTrace() },
  ]);
  return true;
}

/** Asks the rules where a settled content goes. Planning again is harmless: the ledger has one row per target. */
export async function appendPlan(tx: Tx, log: TaskLog, contentId: number, priority: number): Promise<void> {
  await log.append(tx, [
    {
      name: 'delivery.plan',
      payload: { content_id: contentId },
      dedupeKey: `delivery.plan:${contentId}`,
      priority,
      trace: currentTrace(),
    },
  ]);
}
