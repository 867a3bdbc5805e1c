import type { ArchiveStatus, ContentStatus, Tx } from '@vaultstream/contracts';
import { openTx } from '../database/tx.ts';

/** What rules look at. */
export interface PlanSubject {
  id: number;
  platform: string;
  contentType: string | null;
  title: string | null;
  description: string | null;
  bodyText: string | null;
  authorId: string | null;
  authorName: string | null;
  tags: string[];
  isNsfw: boolean;
  priority: number;
  /** PULLED, its pictures settled, neither deleted nor merged into another: may be pushed. */
  ready: boolean;
}

/**
 * Locks a content and answers what rules look at. Settling takes the same lock before it appends `delivery.plan`, so a plan that
 * finds the content unsettled may end: its successor is appended after it.
 * Null when there is no such content.
 */
export async function lockPlanSubject(tx: Tx, contentId: number): Promise<PlanSubject | null> {
  const client = openTx(tx);
  await client.$queryRaw`SELECT 1 FROM contents WHERE id = ${contentId}::int FOR UPDATE`;
  const row = await client.content.findUnique({
    where: { id: contentId },
    select: {
      id: true,
      platform: true,
      contentType: true,
      title: true,
      description: true,
      bodyText: true,
      authorId: true,
      authorName: true,
      tags: true,
      isNsfw: true,
      priority: true,
      status: true,
      archiveStatus: true,
      deletedAt: true,
      mergedInto: true,
    },
  });
  if (!row) return null;
  const { status, archiveStatus, deletedAt, mergedInto, ...facts } = row;
  const pulled = (status as ContentStatus) === 'PULLED' && (archiveStatus as ArchiveStatus) !== 'pending';
  return { ...facts, ready: pulled && deletedAt === null && mergedInto === null };
}
