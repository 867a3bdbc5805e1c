import { cleanCount } from '../clean/counts.ts';
import { parseDate } from '../clean/dates.ts';
import { itemsOf, membersOf } from '../clean/json.ts';
import { cleanLine, decodeEntities } from '../clean/text.ts';
import { articleOf } from './article.ts';
import { authorOf, handleOf, idOf, languageOf, statsOf, textOf } from './cleaners.ts';
import { film, picture } from './media.ts';
import type { PollChoice, Post, PostMedia } from './post.ts';

type Members = Readonly<Record<string, unknown>>;

const shortLink = /https?:\/\/t\.co\/\w+/g;
/** Longest address that takes the place of a short one in a text: UTF-16 units. */
const maxTarget = 2_000;

/**
 * A tweet as X gives it to pages that embed it (types: https://github.com/vercel/react-tweet, `src/api/types`). Knows no views, cuts long
 * texts, and leaves the unwrapping of links to its reader. Null for what is no tweet.
 * @param depth Posts within posts that are read.
 */
export function syndicationPost(value: unknown, depth = 1): Post | null {
  const tweet = membersOf(value);
  const id = idOf(tweet['id_str']);
  if (id === null) return null;
  const user = membersOf(tweet['user']);
  const quote = depth > 0 ? syndicationPost(tweet['quoted_tweet'], depth - 1) : null;
  const article = articleOf(tweet['article']);
  return {
    id,
    text: textOf(unwrapped(tweet), quote?.id ?? null),
    author: authorOf(user['screen_name'], user['name'], user['profile_image_url_https']),
    publishedAt: parseDate(tweet['created_at']),
    language: languageOf(tweet['lang']),
    sensitive: tweet['possibly_sensitive'] === true,
    stats: statsOf({
      like: tweet['favorite_count'],
      comment: tweet['conversation_count'] ?? tweet['reply_count'],
      share: tweet['retweet_count'],
    }),
    media: [...(article?.media ?? []), ...itemsOf(tweet['mediaDetails']).flatMap(mediumOf)],
    poll: pollOf(membersOf(tweet['card'])),
    article,
    note: null,
    quote,
    replyTo: replyOf(tweet),
    facts: {
      author_id: idOf(user['id_str']),
      edited: tweet['isEdited'] === true,
      versions: itemsOf(membersOf(tweet['edit_control'])['edit_tweet_ids']).map(idOf),
      text_is_cut: membersOf(tweet['note_tweet'])['id'] !== undefined,
    },
  };
}

/** The text with its entities decoded once and its `t.co` links replaced, in one pass, by where they lead; those of pictures go. */
function unwrapped(tweet: Members): string | null {
  if (typeof tweet['text'] !== 'string') return null;
  const { urls, media } = membersOf(tweet['entities']);
  const targets = new Map<unknown, string>();
  for (const entity of itemsOf(urls)) {
    const { url, expanded_url: target } = membersOf(entity);
    if (typeof target === 'string' && target.length <= maxTarget) targets.set(url, target);
  }
  for (const entity of itemsOf(media)) targets.set(membersOf(entity)['url'], '');
  return decodeEntities(tweet['text']).replace(shortLink, (link) => targets.get(link) ?? link);
}

function mediumOf(value: unknown): PostMedia[] {
  const { type, media_url_https: url, original_info: info, video_info: video } = membersOf(value);
  const { width, height } = membersOf(info);
  if (type === 'photo') return picture(url, width, height);
  const films = itemsOf(membersOf(video)['variants']).map((variant) => membersOf(variant));
  return type === 'video' || type === 'animated_gif'
    ? film(
        films.map((variant) => ({ url: variant['url'], bitrate: variant['bitrate'] })),
        url,
        width,
        height,
      )
    : [];
}

/** A poll is a card whose values are called `choice1_label`, `choice1_count` and so on. */
function pollOf({ name, binding_values: values }: Members): PollChoice[] {
  if (typeof name !== 'string' || !name.startsWith('poll')) return [];
  const textIn = (key: string) => cleanLine(membersOf(membersOf(values)[key])['string_value'], 200);
  return [1, 2, 3, 4].flatMap((index) => {
    const label = textIn(`choice${index}_label`);
    return label === null ? [] : [{ label, votes: cleanCount(textIn(`choice${index}_count`)) }];
  });
}

function replyOf(tweet: Members): Post['replyTo'] {
  const [handle, id] = [handleOf(tweet['in_reply_to_screen_name']), idOf(tweet['in_reply_to_status_id_str'])];
  return handle === null && id === null ? null : { handle, id };
}
