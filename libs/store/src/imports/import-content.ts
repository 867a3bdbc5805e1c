import type { NewEvent, TaskLog, Tx } from '@vaultstream/contracts';
import { cleanText } from '../contents/clean-text.ts';
import { LostRace } from '../contents/content-locks.ts';
import { contentColumns, type ContentRow } from '../contents/content-row.ts';
import { ensureParseTask } from '../contents/parse-task.ts';
import { markPlanned, withoutPlan } from '../contents/plan-again.ts';
import { toSqlTime } from '../contents/pg-time.ts';
import { keepSearchable, type SearchedField } from '../contents/search-text.ts';
import { uniteTags } from '../contents/tags.ts';
import { openTx } from '../database/tx.ts';
import { Events } from '../events/events.ts';
import type { Targets } from '../targets/targets.ts';
import { importMedia } from './import-media.ts';
import { importPushes } from './import-pushes.ts';
import { addSources } from './import-sources.ts';
import {
  importPriority,
  type ImportedContent,
  type ImportedMedia,
  type ImportOutcome,
  type ImportStanding,
} from './imported.ts';
import { lockOwner } from './look-up.ts';
import { writeFields } from './write-fields.ts';

/**
 * Takes a content of the old version in. A new one gets everything; one that is here already gets sources, tags and pushes united,
 * and the fields only when they were read there and not here. A row that was imported before gets what the old version has
 * added since: sources and pushes. One that was deleted here stays so, but what it was pushed to is still noted.
 *
 * What was read counts as planned for delivery: rules do not look back, not even when something else about it is edited later. What was not read gets a parse task, as a share would.
 * @param media With their bytes put and claimed.
 * @throws LostRace (the transaction is run again); Later when a claim on bytes has lapsed.
 */
export async function importContent(
  tx: Tx,
  log: TaskLog,
  targets: Targets,
  content: ImportedContent,
  media: readonly ImportedMedia[],
): Promise<ImportOutcome> {
  const { row: found, standing } = await lockOwner(tx, content);
  if (found && standing === 'deleted') {
    const pushes = await importPushes(tx, targets, found, content.pushes);
    return { standing, contentId: found.id, sources: 0, pushes, media: {} };
  }
  const row = found ?? (await create(tx, content));
  await adoptNames(tx, row.id, content);
  const sources = await addSources(tx, row.id, content.sources);
  let counts = {};
  if (standing !== 'known') {
    const reads = standing === 'new' || (content.status === 'PULLED' && row.status !== 'PULLED');
    const write = async () => {
      if (reads) await writeFields(tx, row, content);
      await unite(tx, row, content);
    };
    const searched = await withoutPlan(tx, row.id, () => keepSearchable(tx, row.id, write));
    if (reads && content.status === 'PULLED') {
      await markPlanned(tx, row.id);
      counts = await importMedia(tx, log, row, media);
    }
    const queued =
      standing === 'new' &&
      content.status === 'UNPROCESSED' &&
      (await ensureParseTask(tx, log, row.id, importPriority));
    await Events.append(tx, [event(row, content, standing, searched, queued)]);
  }
  const pushes = await importPushes(tx, targets, row, content.pushes);
  return { standing, contentId: row.id, sources, pushes, media: counts };
}

/** A row with its canonical name; the rest is written like a later reading. */
async function create(tx: Tx, { canonical, url, createdAt }: ImportedContent): Promise<ContentRow> {
  const client = openTx(tx);
  const at = toSqlTime(createdAt);
  const [row] = await client.$queryRaw<ContentRow[]>`
    INSERT INTO contents AS c (platform, platform_id, content_type, url, canonical_url, created_at, updated_at)
    VALUES (${canonical.platform}, ${canonical.platformId}, ${canonical.contentType}, ${cleanText(url)}, ${canonical.url},
            ${at}::timestamptz, ${at}::timestamptz)
    ON CONFLICT (platform, canonical_url) DO NOTHING RETURNING ${contentColumns}`;
  if (!row) throw new LostRace(`the address was just shared`);
  return row;
}

/** Gives the content those of its names that nobody has. A re-share under any of them finds it. */
async function adoptNames(tx: Tx, contentId: number, { names, canonical }: ImportedContent): Promise<void> {
  const client = openTx(tx);
  await client.$executeRaw`
    INSERT INTO content_keys (platform, key, content_id, believed_until)
    SELECT n.platform, n.key, ${contentId}, 'infinity' FROM jsonb_to_recordset(${JSON.stringify(names)}::jsonb) AS n(platform text, key text)
    ORDER BY n.platform, n.key
    ON CONFLICT DO NOTHING`;
  const [own] = await client.$queryRaw<{ found: boolean }[]>`
    SELECT EXISTS (SELECT 1 FROM content_keys WHERE platform = ${canonical.platform} AND key = ${canonical.url}) AS found`;
  if (!own?.found) throw new LostRace('the name of the content was given up meanwhile');
}

/** Tags, note and age of both. What a person has set stays. */
async function unite(tx: Tx, row: ContentRow, { tags, isNsfw, note, createdAt }: ImportedContent): Promise<void> {
  const edited = new Set(row.editedFields);
  const united = edited.has('tags') ? row.tags : uniteTags(row.tags, tags.map(cleanText));
  const nsfw = row.isNsfw || (isNsfw && !edited.has('is_nsfw'));
  const added = edited.has('note') || note === null ? null : cleanText(note);
  await openTx(tx).$executeRaw`
    UPDATE contents SET tags = ${united}::text[], is_nsfw = ${nsfw}, note = coalesce(note, ${added}),
      created_at = least(created_at, ${toSqlTime(createdAt)}::timestamptz)
    WHERE id = ${row.id}`;
}

function event(
  row: ContentRow,
  content: ImportedContent,
  standing: ImportStanding,
  searched: SearchedField[],
  queued: boolean,
): NewEvent {
  const payload = {
    platform: row.platform,
    source: 'import',
    status: content.status,
    tags: content.tags.length,
    queued,
    search_fields: searched,
  };
  return { type: standing === 'new' ? 'content.created' : 'content.shared', contentId: row.id, payload };
}
