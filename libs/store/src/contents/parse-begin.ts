import type { Canonical, Tx } from '@vaultstream/contracts';
import { openTx } from '../database/tx.ts';
import { Events } from '../events/events.ts';
import { lockContent } from './content-locks.ts';
import type { ContentRow } from './content-row.ts';

/** What a parse has to read. */
export interface ParseJob {
  contentId: number;
  canonical: Canonical;
  /** As first shared. */
  url: string;
}

/** True for a content that a parse should read: not gone, merged, deleted or already PULLED. */
export function wantsParse(row: ContentRow | null): row is ContentRow {
  return row !== null && row.mergedInto === null && row.deletedAt === null && row.status !== 'PULLED';
}

/** Which contents a run reads beside those that wait to be read. */
export interface ParseWishes {
  /** PULLED ones that an older parser than this has read. */
  belowVersion?: number | undefined;
}

/** UNPROCESSED, PROCESSING of an earlier try, or PULLED by an older parser than wished -> PROCESSING. Null when there is nothing to parse. */
export async function markProcessing(
  tx: Tx,
  contentId: number,
  { belowVersion }: ParseWishes = {},
): Promise<ParseJob | null> {
  const row = await lockContent(tx, contentId);
  if (!wantsParse(row) && !isOutdated(row, belowVersion)) return null;
  if (row.status !== 'PROCESSING') {
    await openTx(tx).$executeRaw`UPDATE contents SET status = 'PROCESSING', updated_at = now() WHERE id = ${contentId}`;
    await Events.append(tx, [{ type: 'content.processing', contentId, payload: { from: row.status } }]);
  }
  const { platform, platformId, contentType, canonicalUrl, url } = row;
  return { contentId, url, canonical: { platform, url: canonicalUrl, platformId, contentType } };
}

function isOutdated(row: ContentRow | null, belowVersion: number | undefined): row is ContentRow {
  if (row === null || belowVersion === undefined || row.mergedInto !== null || row.deletedAt !== null) return false;
  return row.status === 'PULLED' && row.parserVersion !== null && row.parserVersion < belowVersion;
}

/** Locks a content and says whether a parse should read it. */
export async function parseIsWanted(tx: Tx, contentId: number): Promise<boolean> {
  return wantsParse(await lockContent(tx, contentId));
}
