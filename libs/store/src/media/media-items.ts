import type { MediaKind, NewEvent, TaskLog, Tx } from '@vaultstream/contracts';
import { redactText } from '@vaultstream/runtime';
import { isDamaged } from '../blobs/damage.ts';
import { cleanText } from '../contents/clean-text.ts';
import { lockContent } from '../contents/content-locks.ts';
import { settleContent } from '../contents/settle.ts';
import { type Database } from '../database/database.ts';
import { openTx, type TxClient } from '../database/tx.ts';
import { Events } from '../events/events.ts';
import { Prisma } from '../generated/client.ts';

/** A picture that waits for its archiver. */
export interface ArchiveJob {
  mediaId: string;
  contentId: number;
  kind: MediaKind;
  originUrl: string;
  /** Of its content: where its referer comes from. */
  canonicalUrl: string;
}

/** Characters of an error text that are kept. */
const maxError = 1_000;

/**
 * The pictures of contents. Every end state (stored, failed, skipped) is reached here: the content row is locked first, then the
 * media row; the event is written and the content settled in the same transaction. Each transition answers false, and writes
 * nothing, when nobody wants the picture archived: gone, done, of an earlier parse, or its content deleted or merged.
 * A failed picture may still be stored: when its dead letter is replayed. So may a stored one whose bytes are damaged.
 */
export class MediaItems {
  constructor(
    private readonly db: Database,
    private readonly log: TaskLog,
  ) {}

  /** The picture, if it is still to be archived; else null. */
  async findOpen(mediaId: string): Promise<ArchiveJob | null> {
    return this.db.reading((client) => this.findIn(client, mediaId));
  }

  /** Locks its content and says whether the picture is still to be archived: what a run that found nothing to do asks before it ends. */
  async isOpen(tx: Tx, mediaId: string): Promise<boolean> {
    return (await this.lockContentOf(tx, mediaId)) !== null && (await this.findIn(openTx(tx), mediaId)) !== null;
  }

  /** pending, failed, or stored with damaged bytes -> stored. The blob must be marked live in the same transaction. */
  async stored(tx: Tx, mediaId: string, blob: { sha256: string; originalSha256: string }): Promise<boolean> {
    return this.finish(tx, mediaId, {
      status: 'stored',
      columns: Prisma.sql`blob_sha256 = ${blob.sha256}, original_sha256 = ${blob.originalSha256}, error_type = NULL, error = NULL`,
      facts: { sha256: blob.sha256, original_sha256: blob.originalSha256 },
      from: isWaiting,
    });
  }

  /** pending or failed -> failed, for good. */
  async failed(tx: Tx, mediaId: string, failure: { errorType: string; message: string }): Promise<boolean> {
    const error = cleanError(failure.message);
    return this.finish(tx, mediaId, {
      status: 'failed',
      columns: Prisma.sql`error_type = ${failure.errorType}, error = ${error}`,
      facts: { error_type: failure.errorType, error },
      from: hasNothing,
    });
  }

  /** pending or failed -> skipped: it was not meant to be archived. @param reason For people. */
  async skipped(tx: Tx, mediaId: string, reason: string): Promise<boolean> {
    return this.finish(tx, mediaId, {
      status: 'skipped',
      columns: Prisma.sql`error = ${reason}`,
      facts: { reason },
      from: hasNothing,
    });
  }

  /** Notes in the timeline what a picture waits for before it can be stored, and until when: once for one wait. */
  async waiting(tx: Tx, mediaId: string, { reason, until }: { reason: string; until: Date }): Promise<void> {
    const client = openTx(tx);
    const facts = { media_id: mediaId, reason, until: until.toISOString() };
    const [media] = await client.$queryRaw<{ contentId: number; told: boolean }[]>`
      SELECT content_id AS "contentId", EXISTS (SELECT 1 FROM events e WHERE e.content_id = m.content_id AND e.type = 'media.waiting'
        AND e.payload @> ${JSON.stringify(facts)}::jsonb) AS told
      FROM media m WHERE id = ${mediaId}::uuid`;
    if (!media || media.told) return;
    await Events.append(tx, [{ type: 'media.waiting', contentId: media.contentId, payload: facts }]);
  }

  /** Keeps the hash of the bytes as they were fetched, for a picture that may never be stored. */
  async noteOriginal(tx: Tx, mediaId: string, originalSha256: string): Promise<void> {
    await openTx(tx).$executeRaw`
      UPDATE media SET original_sha256 = ${originalSha256}, updated_at = now()
      WHERE id = ${mediaId}::uuid AND status IN ('pending', 'failed')`;
  }

  private async findIn(client: TxClient, mediaId: string): Promise<ArchiveJob | null> {
    const [row] = await client.$queryRaw<ArchiveJob[]>`
      SELECT m.id AS "mediaId", m.content_id AS "contentId", m.kind, m.origin_url AS "originUrl", c.canonical_url AS "canonicalUrl"
      FROM media m JOIN contents c ON c.id = m.content_id WHERE m.id = ${mediaId}::uuid AND ${isWaiting} AND ${isCurrent}`;
    return row ?? null;
  }

  /** The id of the content, locked; null when there is no such picture. */
  private async lockContentOf(tx: Tx, mediaId: string): Promise<number | null> {
    const [media] = await openTx(tx).$queryRaw<{ contentId: number }[]>`
      SELECT content_id AS "contentId" FROM media WHERE id = ${mediaId}::uuid`;
    return media && (await lockContent(tx, media.contentId)) ? media.contentId : null;
  }

  private async finish(tx: Tx, mediaId: string, end: End): Promise<boolean> {
    const contentId = await this.lockContentOf(tx, mediaId);
    if (contentId === null) return false;
    const changed = await openTx(tx).$executeRaw`
      UPDATE media m SET status = ${end.status}, ${end.columns}, updated_at = now()
      FROM contents c WHERE m.id = ${mediaId}::uuid AND c.id = m.content_id AND c.id = ${contentId} AND ${end.from} AND ${isCurrent}`;
    if (changed === 0) return false;
    const payload = { media_id: mediaId, ...end.facts };
    await Events.append(tx, [{ type: `media.${end.status}`, contentId, payload } satisfies NewEvent]);
    await settleContent(tx, this.log, contentId);
    return true;
  }
}

interface End {
  status: 'stored' | 'failed' | 'skipped';
  columns: Prisma.Sql;
  facts: Record<string, unknown>;
  /** From which states of a media row. */
  from: Prisma.Sql;
}

/** Of media `m` and its content `c`: it is of the latest parse of a content that is there. */
const isCurrent = Prisma.sql`
  m.parse_generation = c.parse_generation AND c.deleted_at IS NULL AND c.merged_into IS NULL`;

/** Of media `m`: nothing of it is stored. A failed one has a task only when its dead letter is replayed. */
const hasNothing = Prisma.sql`m.status IN ('pending', 'failed')`;

/** Of media `m`: right bytes are wanted. What is stored and damaged is kept until they are there. */
const isWaiting = Prisma.sql`(${hasNothing} OR (m.status = 'stored' AND ${isDamaged(Prisma.sql`m.blob_sha256`)}))`;

const cleanError = (message: string): string => cleanText(redactText(message)).slice(0, maxError).toWellFormed();
