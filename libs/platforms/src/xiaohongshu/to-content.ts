import { BadPayload, maxBodyText, type ParsedContent } from '@vaultstream/contracts';
import { fileUrl, rawOf, statsOf, tagsOf, titleFrom, uniqueMedia } from '../clean/content-fields.ts';
import { parseDate } from '../clean/dates.ts';
import { itemsOf, membersOf } from '../clean/json.ts';
import { cleanLine, cleanParagraphs } from '../clean/text.ts';
import { mediaOf } from './media.ts';
import { noteUrl } from './note-address.ts';

type Data = Readonly<Record<string, unknown>>;

/**
 * The content that a note is.
 * @throws BadPayload for one that says nothing at all
 */
export function contentOf(id: string, note: Data): Omit<ParsedContent, 'parser_version'> {
  const text = textOf(note['desc']);
  const author = authorOf(membersOf(note['user']));
  const title = cleanLine(note['title'] ?? note['display_title'], 2_000) ?? titleFrom(text) ?? author?.name ?? null;
  if (title === null) throw new BadPayload('Xiaohongshu answered a note that says nothing');
  const { likedCount, collectedCount, commentCount, shareCount, ...snake } = membersOf(
    note['interactInfo'] ?? note['interact_info'],
  );
  return {
    platform_id: id,
    canonical_url: noteUrl(id),
    content_type: 'note',
    title,
    description: null,
    body_text: text,
    author,
    site_name: '小红书',
    language: null,
    published_at: parseDate(note['time']) ?? timeOfId(id),
    tags: tagsOf(itemsOf(note['tagList'] ?? note['tag_list']).map((tag) => membersOf(tag)['name'])),
    is_nsfw: false,
    stats: statsOf({
      like: likedCount ?? snake['liked_count'],
      collect: collectedCount ?? snake['collected_count'],
      comment: commentCount ?? snake['comment_count'],
      share: shareCount ?? snake['share_count'],
    }),
    media: uniqueMedia(mediaOf(note)),
    raw_metadata: {
      ...withoutTokens(rawOf(note)),
      edited_at: parseDate(note['lastUpdateTime'] ?? note['last_update_time'])?.toISOString() ?? null,
    },
  };
}

/** Tokens of shares and of users are keys, not facts. */
function withoutTokens(raw: Record<string, unknown>): Record<string, unknown> {
  const text = JSON.stringify(raw, (key, value: unknown) => (/^xsec/i.test(key) ? undefined : value));
  return { ...membersOf(JSON.parse(text)) };
}

/** Topics stand in the text as `#name[话题]#`. */
function textOf(value: unknown): string | null {
  const text = typeof value === 'string' ? value.replaceAll('[话题]#', ' ').replace(/ {2,}/g, ' ') : value;
  return cleanParagraphs(text, maxBodyText);
}

function authorOf({ userId, user_id, nickname, nickName, avatar, image }: Data): ParsedContent['author'] {
  const id = /^[0-9a-z]{8,40}$/i.exec(cleanLine(userId ?? user_id, 50) ?? '')?.[0] ?? null;
  const name = cleanLine(nickname ?? nickName, 200);
  if (id === null && name === null) return null;
  const url = id === null ? null : `https://www.xiaohongshu.com/user/profile/${id}`;
  return { id, name, url, avatar_url: fileUrl(avatar ?? image)?.replace(/\?imageView2.*$/, '') ?? null };
}

/** The first eight digits of an id are its time: seconds since 1970. */
function timeOfId(id: string): Date | null {
  return parseDate(Number.parseInt(id.slice(0, 8), 16));
}
