import type { NewTask, TaskLog, Tx } from '@vaultstream/contracts';
import { currentTrace } from '@vaultstream/runtime';
import { openTx } from '../database/tx.ts';
import { wakeTasks } from '../tasks/wake.ts';

/** The dedupe key of a content's parse: at most one is alive. */
export const parseKey = (contentId: number): string => `content.parse:${contentId}`;

/** A content to parse and how urgently: 1 (first) to 10 (last). */
export interface ParseWish {
  id: number;
  priority: number;
}

/** As `ensureParseTasks`, for one content. */
export async function ensureParseTask(tx: Tx, log: TaskLog, id: number, priority: number): Promise<boolean> {
  return (await ensureParseTasks(tx, log, [{ id, priority }])) > 0;
}

/**
 * Sees to it that parses of locked contents are under way, at least as urgent as wished: one that waits for its next try is due now.
 * Answers how many had to be appended.
 *
 * Live tasks are looked up, not written: a run that is about to commit may hold its task row and wait for our content lock. It
 * keeps its priority, and what it is about to write waits for us.
 */
export async function ensureParseTasks(tx: Tx, log: TaskLog, wishes: readonly ParseWish[]): Promise<number> {
  const client = openTx(tx);
  const keys = wishes.map(({ id }) => parseKey(id));
  const rows = await client.$queryRaw<{ dedupeKey: string; priority: number }[]>`
    SELECT dedupe_key AS "dedupeKey", priority FROM tasks WHERE dedupe_key = ANY (${keys}::text[])`;
  const live = new Map(rows.map((row) => [row.dedupeKey, row.priority]));
  for (const { id, priority } of wishes) {
    if ((live.get(parseKey(id)) ?? priority) <= priority) continue;
    await client.$executeRaw`
      UPDATE tasks SET priority = ${priority}
      WHERE id IN (SELECT id FROM tasks WHERE dedupe_key = ${parseKey(id)} AND state = 'ready' FOR UPDATE SKIP LOCKED)`;
  }
  if (live.size > 0) await wakeTasks(tx, [...live.keys()]);
  const missing = wishes.filter(({ id }) => !live.has(parseKey(id)));
  if (missing.length > 0) await log.append(tx, missing.map(parseTask));
  return missing.length;
}

/** As `ensureParseTasks`, for contents that were made in this transaction: nobody can have asked before. */
export async function appendParses(tx: Tx, log: TaskLog, wishes: readonly ParseWish[]): Promise<void> {
  await log.append(
    tx,
    wishes.map((wish) => ({ ...parseTask(wish), isFirst: true })),
  );
}

function parseTask({ id, priority }: ParseWish): NewTask<'content.parse'> {
  const payload = { content_id: id };
  return { name: 'content.parse', payload, dedupeKey: parseKey(id), priority, trace: currentTrace() };
}

/** Asks the rules where a settled content goes. Planning again is harmless: the ledger has one row per target. */
export async function appendPlan(tx: Tx, log: TaskLog, contentId: number, priority: number): Promise<void> {
  const payload = { content_id: contentId };
  const dedupeKey = `delivery.plan:${contentId}`;
  await log.append(tx, [{ name: 'delivery.plan', payload, dedupeKey, priority, trace: currentTrace() }]);
}
