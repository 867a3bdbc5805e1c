import { Later, maxRawMetadataBytes } from '@vaultstream/contracts';
import type { ParsedContent, TaskLog, Tx } from '@vaultstream/contracts';
import { toJson } from '../database/json.ts';
import { openTx } from '../database/tx.ts';
import { Events } from '../events/events.ts';
import { cleanOrNull, cleanText } from './clean-text.ts';
import type { ContentRow } from './content-row.ts';
import { isIndexable } from './indexed-url.ts';
import { lockWithKey } from './learn-key.ts';
import { replaceMedia, type ArchivePolicy } from './parse-media.ts';
import { isSayable } from './pg-time.ts';
import { placeReading, type Reading } from './place-result.ts';
import { requeueDamaged } from './requeue-damaged.ts';
import { keepSearchable } from './search-text.ts';
import { settleLocked } from './settle.ts';
import { uniteTags } from './tags.ts';

/** The result of a parse, already through `parsedContentSchema`; its addresses canonicalised. */
export interface ParseResult extends Reading {
  archive: ArchivePolicy;
}

export type ParseOutcome =
  | { outcome: 'recorded'; contentId: number; media: number }
  | { outcome: 'merged'; contentId: number } // an alias of a content that was PULLED already, or that another address gives
  | { outcome: 'gone' }; // deleted or merged meanwhile: nothing was written

/**
 * Any state -> PULLED: the fields (but those that a person has edited), the media of a new generation with their tasks, and the
 * event. When another address answered than was asked, the content that is called by it takes the result, unless it is PULLED already, and
 * this one becomes an alias of it: see `placeReading`. A content without media to wait for is settled at once.
 * @throws LeadsElsewhere when what was read before now leads to something else; Later when it was given another address meanwhile
 * @throws LostRace (the transaction is run again) when somebody else learns the same address meanwhile.
 */
export async function recordParseResult(
  tx: Tx,
  log: TaskLog,
  contentId: number,
  { archive, ...reading }: ParseResult,
): Promise<ParseOutcome> {
  const { parsed } = reading;
  const learnt = reading.learnt && isIndexable(reading.learnt.url) ? reading.learnt : null;
  const elsewhere = reading.elsewhere ?? (learnt === null ? reading.learnt?.url : null) ?? null;
  const { own, ...known } = await lockWithKey(tx, contentId, learnt);
  if (!own || own.mergedInto !== null || own.deletedAt !== null) return { outcome: 'gone' };
  if (isOutdated(own, reading)) throw new Later('the content was given another address meanwhile', { retryAfterMs: 0 });
  const row = await placeReading(tx, log, own, known, { ...reading, learnt, elsewhere });
  // Another content takes the result only when it is called by the address that answered: it is what that address gives, and nothing else.
  const takes =
    row.id === own.id || (row.status !== 'PULLED' && row.canonicalUrl === (learnt?.url ?? own.canonicalUrl));
  if (!takes) return { outcome: 'merged', contentId: row.id };
  const generation = row.parseGeneration + 1;
  const searched = await keepSearchable(tx, row.id, () => writeFields(tx, row, parsed, generation));
  const content = { ...row, status: 'PULLED' as const, archiveStatus: 'pending' as const, parseGeneration: generation };
  const media = await replaceMedia(tx, log, content, parsed.media, archive);
  if (archive.enabled && media.stored > 0) await requeueDamaged(tx, log, content);
  const payload = {
    platform: row.platform,
    parser_version: parsed.parser_version,
    parse_generation: generation,
    media_pending: media.pending,
    media_dropped: media.dropped,
    search_fields: searched,
  };
  await Events.append(tx, [{ type: 'content.pulled', contentId: row.id, payload }]);
  await settleLocked(tx, log, content);
  return { outcome: 'recorded', contentId: row.id, media: media.pending };
}

/** What was read under a former name says nothing about the address that the content has now. */
function isOutdated(own: ContentRow, { asked, learnt }: Reading): boolean {
  return asked !== undefined && asked !== own.canonicalUrl && learnt?.url !== own.canonicalUrl;
}

function writeFields(tx: Tx, row: ContentRow, parsed: ParsedContent, generation: number): Promise<number> {
  const edited = new Set(row.editedFields);
  const title = edited.has('title') ? row.title : cleanOrNull(parsed.title);
  const tags = edited.has('tags') ? row.tags : uniteTags(row.tags, parsed.tags.map(cleanText));
  const nsfw = edited.has('is_nsfw') ? row.isNsfw : row.isNsfw || parsed.is_nsfw;
  const date = parsed.published_at;
  const published = date !== null && isSayable(date) ? date.toISOString() : null;
  const { author } = parsed;
  return openTx(tx).$executeRaw`
    UPDATE contents SET status = 'PULLED', archive_status = 'pending', parse_generation = ${generation},
      platform_id = ${cleanOrNull(parsed.platform_id)}, content_type = ${cleanText(parsed.content_type)}, title = ${title},
      description = ${cleanOrNull(parsed.description)}, body_text = ${cleanOrNull(parsed.body_text)},
      author_id = ${cleanOrNull(author?.id ?? null)}, author_name = ${cleanOrNull(author?.name ?? null)},
      author_url = ${cleanOrNull(author?.url ?? null)}, author_avatar_url = ${cleanOrNull(author?.avatar_url ?? null)},
      site_name = ${cleanOrNull(parsed.site_name)}, language = ${cleanOrNull(parsed.language)},
      tags = ${tags}::text[], is_nsfw = ${nsfw}, stats = ${JSON.stringify(toJson(parsed.stats))}::jsonb,
      published_at = ${published}::timestamptz,
      published_sort = coalesce(${published}::timestamptz, '1970-01-01 00:00:00+00'::timestamptz),
      last_error = NULL, last_error_type = NULL, last_error_detail = NULL, last_error_at = NULL,
      alias_of = NULL, parser_version = ${parsed.parser_version}, raw_metadata = ${storableMetadata(parsed.raw_metadata)}::jsonb,
      updated_at = now()
    WHERE id = ${row.id}`;
}

/** Metadata as JSON text; what is larger than `maxRawMetadataBytes` is dropped, marked `_truncated`. */
export function storableMetadata(metadata: Record<string, unknown>): string {
  const json = JSON.stringify(toJson(metadata));
  return Buffer.byteLength(json) > maxRawMetadataBytes ? '{"_truncated":true}' : json;
}
