import { maxBodyText, type Tx } from '@vaultstream/contracts';
import { redactText } from '@vaultstream/runtime';
import { cleanOrNull, cleanText } from '../contents/clean-text.ts';
import type { ContentRow } from '../contents/content-row.ts';
import { storableMetadata } from '../contents/parse-record.ts';
import { toSqlTime } from '../contents/pg-time.ts';
import { toJson } from '../database/json.ts';
import { openTx } from '../database/tx.ts';
import type { ImportedContent } from './imported.ts';

/** Writes what the old version had read, or why it could not. The title that a person has set here stays. */
export async function writeFields(tx: Tx, row: ContentRow, content: ImportedContent): Promise<void> {
  const { author, canonical, lastError: error } = content;
  const title = row.editedFields.includes('title') ? row.title : cleanOrNull(content.title);
  const published = content.publishedAt === null ? null : toSqlTime(content.publishedAt);
  const failedAt = error === null || error.at === null ? null : toSqlTime(error.at);
  const message = error === null || error.message === null ? null : cleanText(redactText(error.message));
  const detail = error === null || error.detail === null ? null : redactText(JSON.stringify(toJson(error.detail)));
  await openTx(tx).$executeRaw`
    UPDATE contents SET status = ${content.status}, platform_id = coalesce(${cleanOrNull(canonical.platformId)}, platform_id),
      content_type = coalesce(${cleanOrNull(canonical.contentType)}, content_type), title = ${title},
      description = ${cleanOrNull(content.description)}, body_text = ${cleanOrNull(content.bodyText)?.slice(0, maxBodyText) ?? null},
      author_id = ${cleanOrNull(author.id)}, author_name = ${cleanOrNull(author.name)}, author_url = ${cleanOrNull(author.url)},
      author_avatar_url = ${cleanOrNull(author.avatarUrl)}, stats = ${JSON.stringify(toJson(content.stats))}::jsonb,
      published_at = ${published}::timestamptz,
      published_sort = coalesce(${published}::timestamptz, '1970-01-01 00:00:00+00'::timestamptz),
      failure_count = ${content.failureCount}, last_error = ${message},
      last_error_type = ${error === null ? null : cleanText(error.type)}, last_error_detail = ${detail}::jsonb,
      last_error_at = ${failedAt}::timestamptz, raw_metadata = ${storableMetadata(content.rawMetadata)}::jsonb,
      updated_at = ${toSqlTime(content.updatedAt)}::timestamptz
    WHERE id = ${row.id}`;
}
