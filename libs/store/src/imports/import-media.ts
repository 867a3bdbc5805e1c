import type { AnyNewTask, MediaStatus, TaskLog, Tx } from '@vaultstream/contracts';
import { currentTrace } from '@vaultstream/runtime';
import { v7 as uuidv7 } from 'uuid';
import { markBlobLive } from '../blobs/claims.ts';
import type { ContentRow } from '../contents/content-row.ts';
import { toJson } from '../database/json.ts';
import { openTx } from '../database/tx.ts';
import { importPriority, type ImportedMedia } from './imported.ts';

/**
 * Writes the media of a content that the old version had read, refers to what is stored and lets the archiver fetch what is not.
 * The content counts as settled, so that pictures that come later change its `archive_status` but push nothing.
 * Answers how many rows there are by status.
 * @throws Later when the claim on stored bytes has lapsed.
 */
export async function importMedia(
  tx: Tx,
  log: TaskLog,
  content: Pick<ContentRow, 'id' | 'parseGeneration'>,
  media: readonly ImportedMedia[],
): Promise<Partial<Record<MediaStatus, number>>> {
  const client = openTx(tx);
  const stored = new Set(media.flatMap(({ sha256 }) => (sha256 === null ? [] : [sha256])));
  // In one order in every transaction, so that two never wait for each other's blobs.
  for (const sha256 of [...stored].sort()) await markBlobLive(tx, sha256);
  const generation = content.parseGeneration + 1;
  const planned = toJson(media.map((item, position) => ({ ...item, id: uuidv7(), position })));
  const rows = await client.$queryRaw<{ id: string; status: MediaStatus }[]>`
    INSERT INTO media (id, content_id, parse_generation, position, kind, role, origin_url, status, blob_sha256, error)
    SELECT m.id, ${content.id}, ${generation}, m.position, m.kind, m.role, m."originUrl", m.status, m.sha256, m.error
    FROM jsonb_to_recordset(${JSON.stringify(planned)}::jsonb)
      AS m(id uuid, position int, kind text, role text, "originUrl" text, status text, sha256 text, error text)
    ON CONFLICT (content_id, role, origin_url) DO UPDATE SET parse_generation = excluded.parse_generation
    RETURNING id, status`;
  const counts: Partial<Record<MediaStatus, number>> = {};
  for (const { status } of rows) counts[status] = (counts[status] ?? 0) + 1;
  const pending = rows.filter((row) => row.status === 'pending').map((row) => row.id);
  await client.$executeRaw`
    UPDATE contents SET parse_generation = ${generation}, archive_status = ${archiveStatus(counts)} WHERE id = ${content.id}`;
  await log.append(
    tx,
    pending.map((id) => archiveTask(id, content.id)),
  );
  return counts;
}

function archiveStatus({ pending = 0, failed = 0, stored = 0 }: Partial<Record<MediaStatus, number>>): string {
  if (pending + failed > 0) return 'partial';
  return stored > 0 ? 'ready' : 'none';
}

function archiveTask(id: string, contentId: number): AnyNewTask {
  const payload = { media_id: id, content_id: contentId };
  const dedupeKey = `media.archive:${id}`;
  return { name: 'media.archive', payload, dedupeKey, priority: importPriority, trace: currentTrace() };
}
