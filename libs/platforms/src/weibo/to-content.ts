import { BadPayload, maxBodyText, NotFound, type ParsedContent, type ParsedMedia } from '@vaultstream/contracts';
import { fileUrl, joined, memberAt, rawOf, statsOf, tagsOf, uniqueMedia } from '../clean/content-fields.ts';
import { cleanCount } from '../clean/counts.ts';
import { parseDate } from '../clean/dates.ts';
import { membersOf } from '../clean/json.ts';
import { cleanHtmlLine, cleanLine, cleanParagraphs } from '../clean/text.ts';
import { before } from '../clean/trim.ts';
import { mediaOf } from './media.ts';
import { midToBid } from './mid.ts';
import type { FoundStatus } from './read-status.ts';
import { statusUrl } from './status-address.ts';
import { textOf, titleOf, topicsOf } from './words.ts';

type Data = Readonly<Record<string, unknown>>;

/**
 * The content that a status is; one that passes another on is one content with both texts, and the pictures of both are its own.
 * @throws NotFound for the husk of a deleted status, BadPayload for one that says nothing at all
 */
export function contentOf(mid: string, { data, source }: FoundStatus): Omit<ParsedContent, 'parser_version'> {
  if (String(data['deleted']) === '1') throw new NotFound('the status was deleted');
  const text = textOf(data);
  const author = authorOf(data['user']);
  const original = data['retweeted_status'] === undefined ? null : membersOf(data['retweeted_status']);
  const passedOn = original && textOf(original);
  const title = titleOf(text) ?? titleOf(passedOn) ?? filmTitle(data) ?? text ?? author?.name ?? null;
  if (title === null) throw new BadPayload('Weibo answered a status that says nothing');
  return {
    platform_id: mid,
    canonical_url: statusUrl(mid),
    content_type: 'status',
    title: cleanLine(title, 2_000),
    description: null,
    body_text: cleanParagraphs(joined([text, original && quoted(original, passedOn)]), maxBodyText),
    author,
    site_name: '微博',
    language: null,
    published_at: parseDate(data['created_at']),
    tags: tagsOf([...topicsOf(data, text), ...(original ? topicsOf(original, passedOn) : [])]),
    is_nsfw: false,
    stats: statsOf({
      view: viewsOf(data),
      share: data['reposts_count'],
      comment: data['comments_count'],
      like: data['attitudes_count'],
    }),
    media: coverFirst(uniqueMedia([...mediaOf(data), ...(original ? mediaOf(original) : [])])),
    raw_metadata: {
      source,
      bid: midToBid(mid),
      sent_with: cleanHtmlLine(data['source'], 200),
      region: cleanLine(data['region_name'], 100)?.replace(/^发布于\s*/, '') ?? null,
      edits: cleanCount(data['edit_count']) ?? 0,
      passes_on: original && cleanLine(original['idstr'] ?? original['mid'], 30),
      text_is_cut: data['text_is_cut'] === true,
      status: rawOf({ ...data, longTextContent: undefined, text: undefined }),
    },
  };
}

/** Who made it. A status whose author is gone has none. */
function authorOf(user: unknown): ParsedContent['author'] {
  const { idstr, id, screen_name, avatar_hd, avatar_large, profile_image_url } = membersOf(user);
  const number = /^[1-9]\d{0,19}$/.exec(cleanLine(idstr ?? id, 21) ?? '')?.[0] ?? null;
  const name = cleanLine(screen_name, 200);
  if (number === null && name === null) return null;
  const url = number === null ? null : `https://weibo.com/u/${number}`;
  return { id: number, name, url, avatar_url: fileUrl(avatar_hd ?? avatar_large ?? profile_image_url) };
}

/** The status that is passed on, below its author's name. Of a deleted one, Weibo's words are all that is left. */
function quoted(original: Data, text: string | null): string | null {
  const name = authorOf(original['user'])?.name;
  return name === undefined || name === null ? text : joined([`@${name}：`, text], '\n');
}

function filmTitle(data: Data): string | null {
  const { media_info, page_title, title } = membersOf(data['page_info']);
  const { video_title, kol_title, name } = membersOf(media_info);
  return (
    [video_title, kol_title, name, title, page_title]
      .map((each) => cleanLine(each, 500))
      .find((each) => each !== null) ?? null
  );
}

/** The mobile site says `12万次播放`. */
function viewsOf(data: Data): unknown {
  const { play_count, media_info } = membersOf(data['page_info']);
  const said = memberAt(media_info, 'online_users_number') ?? play_count;
  return typeof said === 'string' ? before(said, '次') : said;
}

/** A film's picture is the cover only where it comes first; before another film it is a picture like any. */
function coverFirst(media: readonly ParsedMedia[]): ParsedMedia[] {
  return media.map((medium, index) => (index > 0 && medium.role === 'cover' ? { ...medium, role: 'content' } : medium));
}
