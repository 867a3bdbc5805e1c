import type { ArchiveStatus, ContentStatus, Tx } from '@vaultstream/contracts';
import { lockLive } from '../contents/content-locks.ts';
import { openTx } from '../database/tx.ts';
import { factColumns, type RuleFacts } from '../rules/rule-facts.ts';

/** A content as planning sees it: what rules look at, and whether it may be pushed at all. */
export interface PlanSubject extends RuleFacts {
  id: number;
  priority: number;
  status: ContentStatus;
  archiveStatus: ArchiveStatus;
}

/** A content that is locked for its plan. */
export interface LockedSubject extends PlanSubject {
  /** What rules looked at when they were asked last; null when they were not, or not since its deletion. */
  before: RuleFacts | null;
}

/** The columns of a `PlanSubject`. */
export const planSubjectColumns = {
  ...factColumns,
  id: true,
  priority: true,
  status: true,
  archiveStatus: true,
};

/**
 * Locks the content that an id stands for, the survivor of a merged one, and answers what planning looks at. Settling takes the same
 * lock before it appends `delivery.plan`, so a plan that finds the content unsettled may end: another one follows. Null when there is
 * no such content, or it is deleted. `inDoubt`: it may have been pushed after the backup that it was restored from.
 */
export async function lockPlanSubject(
  tx: Tx,
  contentId: number,
): Promise<(LockedSubject & { inDoubt: boolean }) | null> {
  const live = await lockLive(tx, contentId);
  if (!live) return null;
  const select = { ...planSubjectColumns, plannedAt: true, planBaseline: true, restoredAt: true };
  const found = await openTx(tx).content.findUniqueOrThrow({ where: { id: live.id }, select });
  const { plannedAt, planBaseline, restoredAt, ...row } = found;
  const content = { ...row, status: row.status as ContentStatus, archiveStatus: row.archiveStatus as ArchiveStatus };
  const before = plannedAt === null ? null : ((planBaseline ?? content) as RuleFacts);
  return { ...content, before, inDoubt: restoredAt !== null };
}
