import type { ContentMessage, ContentView, MediaView } from '@vaultstream/contracts';

/** What a receiver gets of a content: what may leave the house. No notes, sources, raw metadata or errors. Nothing is cut. */
export function toContentMessage(content: ContentView): ContentMessage {
  return {
    id: content.id,
    platform: content.platform,
    platform_id: content.platform_id,
    content_type: content.content_type,
    url: content.url,
    canonical_url: content.canonical_url,
    status: content.status,
    archive_status: content.archive_status,
    title: content.title,
    description: content.description,
    body_text: content.body_text,
    author: content.author,
    site_name: content.site_name,
    language: content.language,
    cover: content.cover && shownMedia(content.cover),
    tags: content.tags,
    is_nsfw: content.is_nsfw,
    stats: content.stats,
    published_at: content.published_at,
    media: content.media.map(shownMedia),
    created_at: content.created_at,
    updated_at: content.updated_at,
  };
}

function shownMedia({ id, position, kind, role, origin_url, ...media }: MediaView) {
  const { status, stored_key, stored_url, sha256, mime, size, width, height } = media;
  return { id, position, kind, role, origin_url, status, stored_key, stored_url, sha256, mime, size, width, height };
}
