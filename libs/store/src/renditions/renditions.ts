import type { RenditionPreset, Tx } from '@vaultstream/contracts';
import { toBlobRecord, type BlobRecord, type BlobRow } from '../blobs/blob-row.ts';
import { claimKey, claimTimes, claimVariant } from '../blobs/claims.ts';
import { type Database } from '../database/database.ts';
import { openTx } from '../database/tx.ts';

/** Milliseconds that a rendition is waited for: three tries of `media.render` and a queue before them. */
export const renditionPatienceMs = 10 * 60_000;

/**
 * How it stands with one rendition. `ready`: there, and claimed, so that it is not collected for two days; who sends it later asks again (`hold`);
 * `asked`: a task is at it; `absent`: nobody has asked for it, or it was collected; `failed`: it cannot be had, for now if the stored picture is damaged.
 */
export type RenditionState =
  | { state: 'ready'; blob: BlobRecord }
  | { state: 'asked' }
  | { state: 'absent'; dedupeKey: string }
  | { state: 'failed' };

/** The dedupe key of the task that makes a rendition: one task for one picture, whoever asks. */
const renderTaskKey = (sha256: string, preset: RenditionPreset): string => `media.render:${preset}:${sha256}`;

/** What was made of stored pictures for services that do not take what the archive holds. */
export class Renditions {
  constructor(private readonly db: Database) {}

  /** The stored bytes of a picture; null when it has none (any more). */
  async source(mediaId: string): Promise<BlobRecord | null> {
    const row = await this.db.reading((client) =>
      client.media.findUnique({ where: { id: mediaId }, select: { blob: true } }),
    );
    return row?.blob ? toBlobRecord(row.blob as BlobRow) : null;
  }

  /** Claims a rendition that was `ready` once, so that it is not collected while its message leaves. False when it is gone or damaged. */
  async hold(tx: Tx, key: string): Promise<boolean> {
    return (await claimKey(tx, key, claimTimes)) !== null;
  }

  /** How it stands with a rendition of a picture of a content. */
  async look(tx: Tx, contentId: number, mediaId: string, preset: RenditionPreset): Promise<RenditionState> {
    const client = openTx(tx);
    const media = await client.media.findFirst({
      where: { id: mediaId, contentId },
      select: { blobSha256: true, blob: { select: { state: true } } },
    });
    const sha256 = media?.blobSha256 ?? null;
    if (sha256 === null) return { state: 'failed' };
    const blob = await claimVariant(tx, { originalSha256: sha256, preset }, claimTimes);
    if (blob) return { state: 'ready', blob };
    if (media?.blob?.state === 'damaged') return { state: 'failed' };
    const dedupeKey = renderTaskKey(sha256, preset);
    const [task] = await client.$queryRaw<{ overdue: boolean }[]>`
      SELECT created_at < now() - make_interval(secs => ${renditionPatienceMs / 1_000}) AS overdue
      FROM tasks WHERE dedupe_key = ${dedupeKey}`;
    if (task) return { state: task.overdue ? 'failed' : 'asked' };
    const dead = await client.deadLetter.findFirst({
      where: { contentId, dedupeKey, replayedAt: null },
      select: { id: true },
    });
    return dead ? { state: 'failed' } : { state: 'absent', dedupeKey };
  }
}
