import { html, json, type Answer } from '../server/service.ts';
import { filmFile, pictureFile, portrait, poster, sizeOf } from './files.ts';
import { twitterTime } from './fx.ts';
import { posts, replyCount, type FakePost } from './posts.ts';

/** Its answer to everything that it could not get, whatever the reason (msgs.py), with status 200. */
const failure = html(
  '<!doctype html><title>vxTwitter</title><meta property="og:description" content="Failed to scan your link! This may be due to an incorrect link, private/suspended account, deleted tweet, or recent changes to Twitter\'s API.">',
);

/** `api.vxtwitter.com/<user>/status/<id>` (BetterTwitFix, api.md and vxApi.py). */
export function vxTwitter(path: string): Answer {
  const id = /^\/\w{1,15}\/status(?:es)?\/(\d{2,20})/.exec(path)?.[1];
  if (id === undefined) return html('', 404);
  const post = posts.get(id);
  return post ? json(tweet(post)) : failure;
}

function tweet(post: FakePost, depth = 1): object {
  const quoted = post.quotes === undefined || depth === 0 ? undefined : posts.get(post.quotes);
  const parent = post.repliesTo === undefined ? undefined : posts.get(post.repliesTo);
  const media = mediaOf(post);
  return {
    allSameType: true,
    article: post.article
      ? { title: post.article.title, preview_text: post.article.paragraphs[0], image: pictureFile(post.article.cover) }
      : null,
    communityNote: null,
    conversationID: post.id,
    date: twitterTime(post.at),
    date_epoch: post.at,
    hasMedia: media.length > 0,
    hashtags: [...post.text.matchAll(/#(\w+)/g)].map(([, tag]) => tag),
    lang: post.language,
    likes: post.likes,
    mediaURLs: media.map(({ url }) => url),
    media_extended: media,
    pollData: post.poll ? { options: post.poll.map(([name, votes]) => ({ name, votes, percent: 0 })) } : null,
    possibly_sensitive: post.sensitive ?? false,
    qrt: quoted ? tweet(quoted, depth - 1) : null,
    qrtURL: quoted ? `https://twitter.com/i/status/${quoted.id}` : null,
    replies: replyCount(post),
    replyingTo: parent?.by.handle ?? null,
    replyingToID: parent?.id ?? null,
    retweet: null,
    retweetURL: null,
    retweets: Math.floor(post.likes / 12),
    text: post.text,
    tweetID: post.id,
    tweetURL: `https://twitter.com/${post.by.handle}/status/${post.id}`,
    user_name: post.by.name,
    user_profile_image_url: portrait(post.by),
    user_screen_name: post.by.handle,
  };
}

function mediaOf(post: FakePost) {
  const images = (post.pictures ?? []).map((name) => ({
    type: 'image',
    url: pictureFile(name),
    thumbnail_url: pictureFile(name),
    size: sizeOf(name),
    altText: null,
  }));
  const name = post.film ?? post.gif;
  if (name === undefined) return images;
  const type = post.film === undefined ? 'gif' : 'video';
  const film = { type, url: filmFile(post, 'high'), thumbnail_url: poster(post), size: sizeOf(name), altText: null };
  return [...images, film];
}
