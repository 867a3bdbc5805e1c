import type { ContentView, MediaView } from '@vaultstream/contracts';
import { cutText } from '../cut-text.ts';
import type { PlanContext } from '../target.ts';

/** What a receiver gets of a content: what may leave the house. No notes, sources, raw metadata or errors. */
type MessageContent = ReturnType<typeof shownContent>;

/** One step of shortening: what is left out first matters least. */
type Shortening = (content: MessageContent) => MessageContent;

const shortenings: readonly Shortening[] = [
  (content) => ({ ...content, body_text: cut(content.body_text, 1_000), media: content.media.slice(0, 10) }),
  (content) => ({ ...content, body_text: null, media: content.media.slice(0, 4) }),
  (content) => ({ ...content, description: cut(content.description, 500), tags: content.tags.slice(0, 20) }),
  (content) => ({ ...content, media: [], stats: {} }),
  (content) => ({ ...content, cover: null, tags: [] }),
  (content) => ({ ...content, author: content.author && { ...content.author, url: null, avatar_url: null } }),
  // Two addresses may fill the whole message: the canonical one stays.
  (content) => ({ ...content, url: content.canonical_url, description: null, title: cut(content.title, 200) }),
  (content) => ({ ...content, url: '', platform_id: null, author: null }),
];

/**
 * The body of a `content.pulled` webhook, as JSON of at most `maxBytes` bytes. What does not fit is cut, and `truncated` says so.
 */
export function contentMessage(content: ContentView, context: PlanContext, maxBytes: number): string {
  const full = shownContent(content);
  let shown = firstCut(full);
  let body = write(shown, full, context);
  for (const shorten of shortenings) {
    if (Buffer.byteLength(body) <= maxBytes) break;
    shown = shorten(shown);
    body = write(shown, full, context);
  }
  return body;
}

function write(content: MessageContent, full: MessageContent, context: PlanContext): string {
  const truncated = content !== full;
  return JSON.stringify({
    type: 'content.pulled',
    timestamp: context.now.toISOString(),
    data: { content: { ...content, truncated }, delivery_id: context.deliveryId, target_key: context.targetKey },
  });
}

function shownContent(content: ContentView) {
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

/** A message is a notice, not the archive: long texts are cut even where they would fit. The same object when nothing is cut. */
function firstCut(content: MessageContent): MessageContent {
  const shown = {
    ...content,
    title: cut(content.title, 500),
    description: cut(content.description, 2_000),
    body_text: cut(content.body_text, 4_000),
    media: content.media.slice(0, 20),
  };
  const same =
    shown.title === content.title &&
    shown.description === content.description &&
    shown.body_text === content.body_text &&
    shown.media.length === content.media.length;
  return same ? content : shown;
}

const cut = (text: string | null, max: number): string | null => (text === null ? null : cutText(text, max));
