import { maxBodyText } from '@vaultstream/contracts';
import type { ImportedContent, ImportedSource, OldRow } from '@vaultstream/store';
import { identityOf } from './identity.ts';
import { oldMedia, type OldMedia } from './media.ts';
import { oldId } from './old-id.ts';
import { pushesOf } from './pushes.ts';
import { statsOf } from './stats.ts';
import { time } from './time.ts';
import { array, brokenJson, flag, json, object, smallCount, tags, text } from './values.ts';

/** An old content with what belongs to it. */
export interface OldContent {
  row: OldRow;
  sources: OldRow[];
  pushes: OldRow[];
}

/** What an old content is here: or why it cannot be anything. */
export type MappedContent =
  | { content: ImportedContent; media: OldMedia[]; unsentPushes: number; remarks: string[] }
  | { skip: string; person: boolean };

/** Columns that have no place of their own here, kept in `raw_metadata.imported`. */
const carried = [
  'summary', 'layout_type', 'layout_type_override', 'review_status', 'reviewed_at', 'reviewed_by', 'review_note', 'source_type',
  'ai_score', 'ai_reason', 'discovery_state', 'bilibili_type', 'bilibili_id', 'cover_color',
]; // prettier-ignore
const carriedJson = ['ai_tags', 'source_tags', 'context_data', 'rich_payload'];
const jsonColumns = ['tags', 'raw_metadata', 'archive_metadata', 'extra_stats', 'media_urls', 'last_error_detail'];

const statuses: Record<string, ImportedContent['status']> = {
  pulled: 'PULLED',
  parse_success: 'PULLED',
  archived: 'PULLED',
  distributed: 'PULLED',
  failed: 'FAILED',
  parse_failed: 'FAILED',
};

/**
 * Maps an old content to our words.
 * @param mayFetch Whether our address policy would visit it; what it would not is kept, but never fetched.
 */
export function mapContent(old: OldContent, mayFetch: (url: string) => boolean): MappedContent {
  const { row } = old;
  if (time(row['deleted_at']) !== null) return { skip: 'deleted in the old version', person: false };
  const url = text(row['url'], 8_192) ?? text(row['canonical_url'], 8_192) ?? '';
  const canonicalUrl = text(row['canonical_url'], 8_192) ?? text(row['clean_url'], 8_192) ?? url;
  const told = statuses[(text(row['status'], 50) ?? '').toLowerCase()] ?? 'UNPROCESSED';
  const platform = (text(row['platform'], 50) ?? '').toLowerCase();
  const identity = identityOf({
    platform,
    platformId: text(row['platform_id'], 1_024),
    contentType: text(row['content_type'], 50),
    url,
    canonicalUrl,
    read: told === 'PULLED',
  });
  if (!identity) return { skip: 'its address is no http or https URL that can be kept', person: true };
  const refused = told === 'UNPROCESSED' && !mayFetch(identity.canonical.url);
  const createdAt = time(row['created_at']) ?? new Date(0);
  const archive = archiveOf(row);
  const { pushes, unsent } = pushesOf(old.pushes, createdAt);
  const content: ImportedContent = {
    ...identity,
    url,
    status: refused ? 'FAILED' : told,
    title: text(row['title'], 2_000),
    description: text(row['description'], 20_000) ?? text(row['summary'], 20_000),
    bodyText: text(row['body'], maxBodyText) ?? text(primitive(archive['plain_text']), maxBodyText),
    author: {
      id: text(row['author_id'], 200),
      name: text(row['author_name'], 200),
      url: httpUrl(text(row['author_url'], 8_192)),
      avatarUrl: httpUrl(text(row['author_avatar_url'], 8_192)),
    },
    tags: tags(row['tags']),
    isNsfw: flag(row['is_nsfw']),
    note: null,
    stats: statsOf(row),
    publishedAt: time(row['published_at']),
    createdAt,
    updatedAt: time(row['updated_at']) ?? createdAt,
    failureCount: smallCount(row['failure_count']),
    lastError: refused ? refusal() : told === 'FAILED' ? lastError(row) : null,
    rawMetadata: metadata(row),
    sources: sourcesOf(old, { platform, canonicalUrl, url, createdAt }),
    pushes,
  };
  content.note = content.sources.find(({ note }) => note !== null)?.note ?? null;
  content.tags = [...new Set([...content.tags, ...content.sources.flatMap((source) => source.tags)])];
  const remarks = brokenJson(row, jsonColumns).map((column) => `${column} is not JSON and was left out`);
  if (refused) remarks.push('its address is one that we do not visit: kept as FAILED');
  return { content, media: told === 'PULLED' ? oldMedia(row, archive) : [], unsentPushes: unsent, remarks };
}

/** Every submission; for a content that has none written down, the one that made it. */
function sourcesOf(
  { row, sources }: OldContent,
  content: { platform: string; canonicalUrl: string; url: string; createdAt: Date },
): ImportedSource[] {
  const name = [content.platform, content.canonicalUrl, content.createdAt.toISOString()];
  const first: OldRow = { ...row, id: null, note: null, tags_snapshot: row['tags'] };
  return (sources.length > 0 ? sources : [first]).map((source) => {
    const context = json(source['client_context']);
    return {
      id: oldId('source', ...name, text(source['id'], 100), text(source['created_at'], 100)),
      url: content.url,
      source: text(source['source'], 200),
      tags: tags(source['tags_snapshot']),
      note: text(source['note'], 2_000),
      clientContext: context === undefined || context === null ? null : object(context),
      createdAt: time(source['created_at']) ?? content.createdAt,
    };
  });
}

/** The archive object: inside of the metadata, or a column of its own. */
function archiveOf(row: OldRow): Record<string, unknown> {
  const own = object(json(row['archive_metadata']));
  const inside = object(object(json(row['raw_metadata']))['archive']);
  return { ...inside, ...own, ...object(own['archive']) };
}

function metadata(row: OldRow): Record<string, unknown> {
  const kept = carried.map((column) => [column, text(row[column], 20_000)] as const);
  const parsed = carriedJson.map((column) => [column, json(row[column]) ?? null] as const);
  const extra = Object.fromEntries([...kept, ...parsed].filter(([, value]) => value !== null));
  const archive = json(row['archive_metadata']);
  return {
    ...object(json(row['raw_metadata'])),
    ...(archive === undefined || archive === null ? {} : { archive_metadata: archive }),
    imported: { id: text(row['id'], 100), ...extra },
  };
}

function lastError(row: OldRow): ImportedContent['lastError'] {
  const message = text(row['last_error'], 10_000) ?? 'failed in the old version';
  const attempts = array([json(row['last_error_detail'])]).filter((detail) => detail !== undefined && detail !== null);
  const type = text(row['last_error_type'], 200) ?? 'Unknown';
  return { message, type, detail: { message, stack: null, attempts }, at: time(row['last_error_at']) };
}

function refusal(): ImportedContent['lastError'] {
  const message = 'this address is not allowed: it was not fetched';
  return { message, type: 'Refused', detail: { message, stack: null, attempts: [] }, at: null };
}

const primitive = (value: unknown): string | null => (typeof value === 'string' ? value : null);
const httpUrl = (url: string | null): string | null => (url !== null && /^https?:\/\//i.test(url) ? url : null);
