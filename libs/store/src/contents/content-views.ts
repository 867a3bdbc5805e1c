import type { ContentCard, ContentView, MediaView } from '@vaultstream/contracts';
import type { ContentCardRow, ContentDetailRow, MediaRow, VariantRow } from './content-row.ts';

/** Where the bytes of a blob key can be fetched: signed and expiring where the store is private. */
export type UrlFor = (key: string) => Promise<string>;

/** A content as lists answer it. */
export async function toContentCard(row: ContentCardRow, urlFor: UrlFor): Promise<ContentCard> {
  const media = await Promise.all(row.media.map((item) => toMediaView(item, urlFor)));
  return {
    id: row.id,
    platform: row.platform,
    platform_id: row.platformId,
    content_type: row.contentType,
    url: row.url,
    canonical_url: row.canonicalUrl,
    status: row.status,
    archive_status: row.archiveStatus,
    title: row.title,
    description: row.description,
    author: toAuthor(row),
    site_name: row.siteName,
    language: row.language,
    cover: coverOf(media),
    tags: row.tags,
    is_nsfw: row.isNsfw,
    note: row.note,
    stats: row.stats,
    published_at: row.publishedAt?.toISOString() ?? null,
    media,
    failure_count: row.failureCount,
    last_error: row.lastError,
    last_error_type: row.lastErrorType,
    last_error_at: row.lastErrorAt?.toISOString() ?? null,
    parser_version: row.parserVersion,
    created_at: row.createdAt.toISOString(),
    updated_at: row.updatedAt.toISOString(),
  };
}

/** A content with everything. */
export async function toContentView(row: ContentDetailRow, urlFor: UrlFor): Promise<ContentView> {
  return {
    ...(await toContentCard(row, urlFor)),
    body_text: row.bodyText,
    sources: row.sources.map(({ source, tags, note, clientContext, createdAt }) => ({
      source,
      tags,
      note,
      client_context: clientContext,
      created_at: createdAt.toISOString(),
    })),
    last_error_detail: row.lastErrorDetail,
    raw_metadata: row.rawMetadata,
  };
}

function toAuthor(row: ContentCardRow): ContentCard['author'] {
  const author = { id: row.authorId, name: row.authorName, url: row.authorUrl, avatar_url: row.authorAvatarUrl };
  return Object.values(author).some((value) => value !== null) ? author : null;
}

/** What the platform calls the cover, else the first picture of the text. */
function coverOf(media: MediaView[]): MediaView | null {
  const images = media.filter((item) => item.kind === 'image');
  return images.find((item) => item.role === 'cover') ?? images.find((item) => item.role === 'content') ?? null;
}

async function toMediaView(row: MediaRow, urlFor: UrlFor): Promise<MediaView> {
  return {
    id: row.id,
    position: row.position,
    kind: row.kind,
    role: row.role,
    origin_url: row.originUrl,
    status: row.status,
    stored_key: row.blobKey,
    stored_url: row.blobKey === null ? null : await urlFor(row.blobKey),
    sha256: row.blobSha256,
    mime: row.mime,
    size: row.size === null ? null : Number(row.size),
    width: row.width,
    height: row.height,
    variants: await toVariants(row.variants, urlFor),
    error: row.error,
  };
}

/** `{thumb: url}`: presets by name, the newest version of each. */
async function toVariants(rows: VariantRow[], urlFor: UrlFor): Promise<Record<string, string>> {
  const urls = rows.map(async ({ preset, key }) => [preset.replace(/\.v\d+$/, ''), await urlFor(key)] as const);
  return Object.fromEntries(await Promise.all(urls));
}
