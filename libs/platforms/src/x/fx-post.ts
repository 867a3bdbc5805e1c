import { parseDate } from '../clean/dates.ts';
import { cleanCount } from '../clean/counts.ts';
import { itemsOf, membersOf } from '../clean/json.ts';
import { cleanLine, cleanParagraphs } from '../clean/text.ts';
import { articleOf } from './article.ts';
import { authorOf, handleOf, idOf, languageOf, statsOf, textOf } from './cleaners.ts';
import { film, picture } from './media.ts';
import type { PollChoice, Post, PostMedia } from './post.ts';

type Members = Readonly<Record<string, unknown>>;

/**
 * A status of FxTwitter, of the second version of its API or, with a few other names, of the first. Null for what is none, such as the
 * tombstone of a post that is gone.
 * @param depth Posts within posts that are read.
 */
export function fxPost(value: unknown, depth = 1): Post | null {
  const status = membersOf(value);
  const id = idOf(status['id']);
  if (id === null) return null;
  const author = membersOf(status['author']);
  const community = membersOf(status['community']);
  const quote = depth > 0 ? fxPost(status['quote'], depth - 1) : null;
  const article = articleOf(status['article']);
  return {
    id,
    text: textOf(status['text'], quote?.id ?? idOf(membersOf(status['quote'])['id'])),
    author: authorOf(author['screen_name'], author['name'], author['avatar_url']),
    publishedAt: parseDate(status['created_timestamp']) ?? parseDate(status['created_at']),
    language: languageOf(status['lang']),
    sensitive: status['possibly_sensitive'] === true || community['is_nsfw'] === true,
    stats: statsOf({
      view: status['views'],
      like: status['likes'],
      share: status['reposts'] ?? status['retweets'],
      comment: status['replies'],
      collect: status['bookmarks'],
      quote: status['quotes'],
    }),
    media: mediaOf(status, article?.media ?? []),
    poll: itemsOf(membersOf(status['poll'])['choices']).flatMap(choiceOf),
    article,
    note: cleanParagraphs(membersOf(status['community_note'])['text'], 10_000),
    quote,
    replyTo: replyOf(status),
    facts: {
      author_id: idOf(author['id']),
      community: cleanLine(community['name'], 200),
      reposted_by: handleOf(membersOf(status['reposted_by'])['screen_name']),
    },
  };
}

function mediaOf(status: Members, ofArticle: readonly PostMedia[]): PostMedia[] {
  const media = membersOf(status['media']);
  const own = itemsOf(media['all']).flatMap(mediumOf);
  if (own.length + ofArticle.length > 0) return [...ofArticle, ...own];
  const { image } = membersOf(status['card']);
  const { url, width, height } = membersOf(image);
  return picture(url, width, height);
}

function mediumOf(value: unknown): PostMedia[] {
  const { type, url, width, height, thumbnail_url, formats, variants } = membersOf(value);
  if (type === 'photo') return picture(url, width, height);
  if (type !== 'video' && type !== 'gif') return [];
  const qualities = [...itemsOf(formats), ...itemsOf(variants)].map((each) => {
    const quality = membersOf(each);
    return { url: quality['url'], bitrate: quality['bitrate'] };
  });
  const found = film([...qualities, { url }], thumbnail_url, width, height);
  // A film that nobody can play is at least its picture.
  return found.length > 0 ? found : picture(thumbnail_url ?? url, width, height);
}

function choiceOf(value: unknown): PollChoice[] {
  const { label, count } = membersOf(value);
  const text = cleanLine(label, 200);
  return text === null ? [] : [{ label: text, votes: cleanCount(count) }];
}

/** An object in the second version; two members in the first. */
function replyOf(status: Members): Post['replyTo'] {
  const target = membersOf(status['replying_to']);
  const handle = handleOf(target['screen_name'] ?? status['replying_to']);
  const id = idOf(target['status'] ?? status['replying_to_status']);
  return handle === null && id === null ? null : { handle, id };
}
