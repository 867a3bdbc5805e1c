import { parseDate } from '../clean/dates.ts';
import { cleanCount } from '../clean/counts.ts';
import { itemsOf, membersOf } from '../clean/json.ts';
import { cleanLine, cleanParagraphs } from '../clean/text.ts';
import { articleOf } from './article.ts';
import { authorOf, handleOf, idOf, languageOf, statsOf, textOf } from './cleaners.ts';
import { film, picture } from './media.ts';
import type { Post, PostMedia } from './post.ts';

/**
 * A tweet of vxTwitter (https://github.com/dylanpdx/BetterTwitFix, `vxApi.py`), a repost as what it reposts. Null for what is none.
 * @param depth Posts within posts that are read.
 */
export function vxPost(value: unknown, depth = 1): Post | null {
  const tweet = membersOf(value);
  const original = depth > 0 ? vxPost(tweet['retweet'], depth - 1) : null;
  if (original) return { ...original, facts: { ...original.facts, reposted_by: handleOf(tweet['user_screen_name']) } };
  const id = idOf(tweet['tweetID']);
  if (id === null) return null;
  const quote = depth > 0 ? vxPost(tweet['qrt'], depth - 1) : null;
  const article = articleOf(tweet['article']);
  const own = itemsOf(tweet['media_extended']).flatMap(mediumOf);
  return {
    id,
    text: textOf(tweet['text'], quote?.id ?? null),
    author: authorOf(tweet['user_screen_name'], tweet['user_name'], tweet['user_profile_image_url']),
    publishedAt: parseDate(tweet['date_epoch']) ?? parseDate(tweet['date']),
    language: languageOf(tweet['lang']),
    sensitive: tweet['possibly_sensitive'] === true,
    stats: statsOf({ like: tweet['likes'], share: tweet['retweets'], comment: tweet['replies'] }),
    media: [...(article?.media ?? []), ...own],
    poll: itemsOf(membersOf(tweet['pollData'])['options']).flatMap((option) => {
      const { name, votes } = membersOf(option);
      const label = cleanLine(name, 200);
      return label === null ? [] : [{ label, votes: cleanCount(votes) }];
    }),
    article,
    note: cleanParagraphs(tweet['communityNote'], 10_000),
    quote,
    replyTo: replyOf(tweet['replyingTo'], tweet['replyingToID']),
    facts: {},
  };
}

function mediumOf(value: unknown): PostMedia[] {
  const { type, url, thumbnail_url, size } = membersOf(value);
  const { width, height } = membersOf(size);
  if (type === 'image') return picture(url, width, height);
  return type === 'video' || type === 'gif' ? film([{ url }], thumbnail_url, width, height) : [];
}

function replyOf(name: unknown, status: unknown): Post['replyTo'] {
  const [handle, id] = [handleOf(name), idOf(status)];
  return handle === null && id === null ? null : { handle, id };
}
