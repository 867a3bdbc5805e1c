import type { TaskLog, Tx } from '@vaultstream/contracts';
import { openTx } from '../database/tx.ts';
import { Prisma } from '../generated/client.ts';
import { appendPlan } from './parse-task.ts';

/**
 * After a write on a locked content: asks the rules again when what they look at is not what it was when they were asked last. A content
 * that is being read or whose pictures are being archived is planned when it settles. Answers whether a plan is due.
 *
 * What it was is kept by the triggers `contents_keep_plan_baseline_*` (prisma/extra.sql), whoever writes.
 */
export async function planIfChanged(tx: Tx, log: TaskLog, contentId: number): Promise<boolean> {
  const [row] = await openTx(tx).$queryRaw<{ priority: number }[]>`
    SELECT priority FROM contents WHERE id = ${contentId}::int AND plan_baseline IS NOT NULL
      AND status = 'PULLED' AND archive_status <> 'pending' AND deleted_at IS NULL AND merged_into IS NULL`;
  if (row) await appendPlan(tx, log, contentId, row.priority);
  return row !== undefined;
}

/** Runs a write on a locked content whose changes are no reason to ask the rules again, now or later: an import does not look back. */
export async function withoutPlan<T>(tx: Tx, contentId: number, write: () => Promise<T>): Promise<T> {
  const client = openTx(tx);
  const unchanged = await client.content.count({
    where: { id: contentId, plannedAt: { not: null }, planBaseline: { equals: Prisma.DbNull } },
  });
  const answer = await write();
  if (unchanged > 0) await client.$executeRaw`UPDATE contents SET plan_baseline = NULL WHERE id = ${contentId}::int`;
  return answer;
}

/** The rules have been asked about a locked content: only what changes from now on is a reason to ask them again. */
export async function markPlanned(tx: Tx, contentId: number): Promise<void> {
  await openTx(tx).$executeRaw`
    UPDATE contents SET planned_at = now(), plan_baseline = NULL, restored_at = NULL WHERE id = ${contentId}::int`;
}

/** The next plan asks all rules about a locked content, as if it were new. */
export async function forgetPlan(tx: Tx, contentId: number): Promise<void> {
  await openTx(tx).$executeRaw`
    UPDATE contents SET planned_at = NULL, plan_baseline = NULL WHERE id = ${contentId}::int`;
}
