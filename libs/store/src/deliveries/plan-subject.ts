import type { ArchiveStatus, ContentStatus, Tx } from '@vaultstream/contracts';
import { openTx } from '../database/tx.ts';

/** A content as planning sees it: what rules look at, and whether it may be pushed at all. */
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
  status: ContentStatus;
  archiveStatus: ArchiveStatus;
}

const columns = {
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
};

/**
 * Locks a content and answers what planning looks at. Settling takes the same lock before it appends `delivery.plan`, so a plan
 * that finds the content unsettled may end: another one follows. Null when there is no such content, or it is deleted or was merged
 * into another.
 */
export async function lockPlanSubject(tx: Tx, contentId: number): Promise<PlanSubject | null> {
  const client = openTx(tx);
  await client.$queryRaw`SELECT 1 FROM contents WHERE id = ${contentId}::int FOR UPDATE`;
  const row = await client.content.findFirst({
    where: { id: contentId, deletedAt: null, mergedInto: null },
    select: columns,
  });
  return row && { ...row, status: row.status as ContentStatus, archiveStatus: row.archiveStatus as ArchiveStatus };
}
