import { v7 as uuidv7 } from 'uuid';
import { settleDeadlineMs } from '@vaultstream/contracts';
import type { AnyNewTask, MediaRole, MediaStatus, ParsedMedia, TaskLog, TaskRef, Tx } from '@vaultstream/contracts';
import { currentTrace } from '@vaultstream/runtime';
import { openTx } from '../database/tx.ts';
import { postponeTask } from '../tasks/postpone.ts';
import type { ContentRow } from './content-row.ts';
import { isIndexable } from './indexed-url.ts';

/** What may be archived: environment ENABLE_ARCHIVE_MEDIA_PROCESSING and ARCHIVE_IMAGE_MAX_COUNT. */
export interface ArchivePolicy {
  enabled: boolean;
  /** Pictures of one content. */
  maxImages: number;
}

interface PlannedMedia {
  id: string;
  position: number;
  kind: string;
  role: MediaRole;
  url: string;
  status: MediaStatus;
  error: string | null;
}

/**
 * Writes the media of a new parse generation: what is stored stays stored, what failed is tried again, what has vanished from
 * the page goes. Answers how many wait to be archived, how many are stored, and how many addresses were too long to keep.
 */
export async function replaceMedia(
  tx: Tx,
  log: TaskLog,
  content: Pick<ContentRow, 'id' | 'parseGeneration' | 'priority'>,
  parsed: readonly ParsedMedia[],
  policy: ArchivePolicy,
): Promise<{ pending: number; stored: number; dropped: number }> {
  const client = openTx(tx);
  const planned = planMedia(parsed, policy);
  const rows = await client.$queryRaw<{ id: string; status: MediaStatus }[]>`
    INSERT INTO media AS known (id, content_id, parse_generation, position, kind, role, origin_url, status, error)
    SELECT m.id, ${content.id}, ${content.parseGeneration}, m.position, m.kind, m.role, m.url, m.status, m.error
    FROM jsonb_to_recordset(${JSON.stringify(planned)}::jsonb)
      AS m(id uuid, position int, kind text, role text, url text, status text, error text)
    ON CONFLICT (content_id, role, origin_url) DO UPDATE SET
      parse_generation = excluded.parse_generation, position = excluded.position, kind = excluded.kind, updated_at = now(),
      status = CASE WHEN known.status = 'stored' THEN known.status ELSE excluded.status END,
      error = CASE WHEN known.status = 'stored' THEN NULL ELSE excluded.error END,
      error_type = CASE WHEN known.status = 'stored' THEN known.error_type END
    RETURNING id, status`;
  await client.$executeRaw`
    DELETE FROM media WHERE content_id = ${content.id} AND parse_generation <> ${content.parseGeneration}`;
  const pending = rows.filter((row) => row.status === 'pending').map((row) => row.id);
  await appendArchiving(tx, log, content, pending);
  const stored = rows.filter((row) => row.status === 'stored').length;
  return { pending: pending.length, stored, dropped: parsed.length - planned.length };
}

/** Before every picture: the deadline must not wait behind the backlog that it is there for. */
const settlePriority = 1;

/** The tasks that archive these media rows, and the one that ends the wait for them. */
export async function appendArchiving(
  tx: Tx,
  log: TaskLog,
  content: Pick<ContentRow, 'id' | 'parseGeneration' | 'priority'>,
  mediaIds: readonly string[],
): Promise<void> {
  if (mediaIds.length === 0) return;
  const trace = currentTrace();
  const tasks = mediaIds.map((id): AnyNewTask => {
    const payload = { media_id: id, content_id: content.id };
    return { name: 'media.archive', payload, dedupeKey: `media.archive:${id}`, priority: content.priority, trace };
  });
  await log.append(tx, tasks);
  const deadline = await appendSettleDeadline(tx, log, content);
  // These pictures have just begun to wait, whatever earlier ones of this generation have left of their time.
  if (!deadline.created) await postponeTask(tx, deadline.id, settleDeadlineMs);
}

/** The task that ends the wait for the pictures of this parse generation; one that lives already is answered as it is. */
export async function appendSettleDeadline(
  tx: Tx,
  log: TaskLog,
  content: Pick<ContentRow, 'id' | 'parseGeneration'>,
): Promise<TaskRef> {
  const [deadline] = await log.append(tx, [
    {
      name: 'content.settle',
      payload: { content_id: content.id, parse_generation: content.parseGeneration },
      dedupeKey: `content.settle:${content.id}-${content.parseGeneration}`,
      priority: settlePriority,
      delayMs: settleDeadlineMs,
      trace: currentTrace(),
    },
  ]);
  if (deadline === undefined) throw new Error('a task was appended and not answered');
  return deadline;
}

/** Each (role, address) once, in the order of the page, with the status that it begins with. */
function planMedia(parsed: readonly ParsedMedia[], policy: ArchivePolicy): PlannedMedia[] {
  const planned = new Map<string, PlannedMedia>();
  let images = 0;
  for (const media of parsed) {
    const key = `${media.role} ${media.url}`;
    if (planned.has(key) || !isIndexable(media.url)) continue;
    const reason = skipReason(media, policy, images);
    if (reason === null) images++;
    planned.set(key, {
      id: uuidv7(),
      position: planned.size,
      kind: media.kind,
      role: media.role,
      url: media.url,
      status: reason === null ? 'pending' : 'skipped',
      error: reason,
    });
  }
  return [...planned.values()];
}

function skipReason(media: ParsedMedia, policy: ArchivePolicy, images: number): string | null {
  if (media.kind !== 'image') return 'not archived';
  if (!policy.enabled) return 'archiving is switched off';
  return images >= policy.maxImages ? `beyond ARCHIVE_IMAGE_MAX_COUNT (${policy.maxImages})` : null;
}
