import type { ContentMessage, ContentView } from '@vaultstream/contracts';
import { cutText } from '../cut-text.ts';
import { toContentMessage } from '../to-content-message.ts';
import type { PlanContext } from '../target.ts';

/** One step of shortening: what is left out first matters least. */
type Shortening = (content: ContentMessage) => ContentMessage;

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
  const full = toContentMessage(content);
  let shown = firstCut(full);
  let body = write(shown, full, context);
  for (const shorten of shortenings) {
    if (Buffer.byteLength(body) <= maxBytes) break;
    shown = shorten(shown);
    body = write(shown, full, context);
  }
  return body;
}

function write(content: ContentMessage, full: ContentMessage, context: PlanContext): string {
  const truncated = content !== full;
  return JSON.stringify({
    type: 'content.pulled',
    timestamp: context.now.toISOString(),
    data: { content: { ...content, truncated }, delivery_id: context.deliveryId, target_key: context.targetKey },
  });
}

/** A message is a notice, not the archive: long texts are cut even where they would fit. The same object when nothing is cut. */
function firstCut(content: ContentMessage): ContentMessage {
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
