import { BadPayload, NotFound, type ParsedContent } from '@vaultstream/contracts';
import { rawOf, statsOf, tagsOf } from '../clean/content-fields.ts';
import { parseDate } from '../clean/dates.ts';
import { itemsOf, membersOf } from '../clean/json.ts';
import { cleanLine } from '../clean/text.ts';
import { isFilm, mediaOf } from './media.ts';
import { postUrl } from './post-address.ts';
import { authorName, bodyOf, isRemoved, linkOf } from './words.ts';

type Post = Readonly<Record<string, unknown>>;

/**
 * The content that a post is; one that passes another on is one content with both texts, and shows what that one shows.
 * @throws NotFound for a post that its author has deleted, or of which nothing is left
 */
export function contentOf(id: string, post: Post): Omit<ParsedContent, 'parser_version'> {
  const title = cleanLine(post['title'], 500);
  if (title === null) throw new BadPayload('Reddit answered a post without a title');
  const original = originalOf(post);
  const own = mediaOf(post);
  const media = own.length > 0 || !original ? own : mediaOf(original);
  const body = bodyOf(post, original);
  const removedBy = cleanLine(post['removed_by_category'], 50);
  const nothingLeft = media.length === 0 && body === null && (isRemoved(post) || removedBy !== null);
  if (removedBy === 'deleted' || nothingLeft)
    throw new NotFound(`the post was removed (${removedBy ?? 'its text is gone'})`);
  return {
    platform_id: id,
    canonical_url: postUrl(id),
    content_type: typeOf(original ?? post),
    title,
    description: null,
    body_text: body,
    author: authorOf(post),
    site_name: 'Reddit',
    language: null,
    published_at: parseDate(Number(post['created_utc'])),
    tags: tagsOf([subredditOf(post), post['link_flair_text']]),
    is_nsfw: post['over_18'] === true || original?.['over_18'] === true,
    stats: statsOf({
      like: post['ups'] ?? post['score'],
      comment: post['num_comments'],
      share: post['num_crossposts'],
    }),
    media,
    raw_metadata: rawOf({
      spoiler: post['spoiler'] === true,
      locked: post['locked'] === true,
      edited: parseDate(post['edited'])?.toISOString() ?? null,
      removed_by: removedBy,
      passes_on: cleanLine(original?.['id'], 20),
      upvote_ratio: post['upvote_ratio'],
      post: { ...post, selftext: undefined, selftext_html: undefined },
    }),
  };
}

/** The post that is passed on; null where there is none. */
function originalOf(post: Post): Post | null {
  const original = itemsOf(post['crosspost_parent_list'])[0];
  return original === undefined ? null : membersOf(original);
}

function typeOf(post: Post): string {
  if (isFilm(post)) return 'video';
  if (itemsOf(membersOf(post['gallery_data'])['items']).length > 0) return 'gallery';
  return linkOf(post) === null ? 'post' : 'link';
}

function authorOf(post: Post): ParsedContent['author'] {
  const name = authorName(post);
  return name === null ? null : { id: name, name, url: `https://www.reddit.com/user/${name}`, avatar_url: null };
}

function subredditOf(post: Post): string | null {
  const name = cleanLine(post['subreddit'], 60);
  return name === null ? null : `r/${name}`;
}
