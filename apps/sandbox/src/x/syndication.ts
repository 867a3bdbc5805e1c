import { html, json, type Answer } from '../server/service.ts';
import { filmFile, pictureFile, playlist, portrait, poster, sizeOf } from './files.ts';
import { absences, posts, replyCount, type Absence, type FakePost } from './posts.ts';

const sentences: Readonly<Record<Absence, string>> = {
  deleted: 'This Post was deleted by the Post author. Learn more',
  suspended: 'This Post is from a suspended account. Learn more',
  protected: 'You’re unable to view this Post because this account owner limits who can view their Posts. Learn more',
  'age-restricted':
    'Age-restricted adult content. This content might not be appropriate for people under 18 years old. To view this media, you’ll need to log in to X. Learn more',
};
const link = /https?:\/\/\S+/g;

/** `cdn.syndication.twimg.com/tweet-result?id=&token=` (types: react-tweet, src/api/types): entities escaped, links short, long texts cut. */
export function syndication(path: string, query: URLSearchParams): Answer {
  const id = query.get('id') ?? '';
  const absence = absences.get(id);
  if (path !== '/tweet-result' || !query.get('token')) return html('', 404);
  if (absence)
    return json({
      __typename: 'TweetTombstone',
      tombstone: { text: { text: sentences[absence], entities: [], rtl: false } },
    });
  const post = posts.get(id);
  return post ? json(tweet(post)) : html('', 404);
}

function tweet(post: FakePost, depth = 1): object {
  const quoted = post.quotes === undefined || depth === 0 ? undefined : posts.get(post.quotes);
  const parent = post.repliesTo === undefined ? undefined : posts.get(post.repliesTo);
  const name = post.film ?? post.gif;
  const urls = [...post.text.matchAll(link)].map(([target], index) => ({
    url: `https://t.co/link00000${index}`,
    expanded_url: target,
    display_url: target.replace(/^https?:\/\//, '').slice(0, 24),
    indices: [0, 0],
  }));
  const own = `https://x.com/${post.by.handle}/status/${post.id}/photo/1`;
  const shown = (post.pictures?.length ?? 0) > 0 || name !== undefined;
  const media = shown
    ? [{ url: 'https://t.co/media00001', expanded_url: own, display_url: 'pic.x.com/media00001' }]
    : [];
  const text = urls.reduce((whole, { url, expanded_url }) => whole.replace(expanded_url, url), cut(post.text));
  return {
    __typename: 'Tweet',
    id_str: post.id,
    lang: post.language,
    created_at: new Date(post.at * 1_000).toISOString(),
    text: [escaped(text), ...media.map(({ url }) => url)].join(' '),
    display_text_range: [0, text.length],
    favorite_count: post.likes,
    conversation_count: replyCount(post),
    possibly_sensitive: post.sensitive ?? false,
    user: {
      id_str: post.by.id,
      name: post.by.name,
      screen_name: post.by.handle,
      profile_image_url_https: portrait(post.by),
      verified: false,
    },
    entities: { hashtags: [], urls, user_mentions: [], symbols: [], media },
    mediaDetails: [...(post.pictures ?? []).map(photo), ...(name === undefined ? [] : [film(post, name)])],
    ...(quoted ? { quoted_tweet: tweet(quoted, depth - 1) } : {}),
    ...(parent ? { in_reply_to_screen_name: parent.by.handle, in_reply_to_status_id_str: parent.id } : {}),
    ...(text === post.text || urls.length > 0 ? {} : { note_tweet: { id: 'Tm90ZVR3ZWV0' } }),
    ...(post.article ? { article: { title: post.article.title, preview_text: post.article.paragraphs[0] } } : {}),
    edit_control: { edit_tweet_ids: [post.id] },
    isEdited: false,
    isStaleEdit: false,
  };
}

const cut = (text: string): string => (text.length > 280 ? `${text.slice(0, 276)}…` : text);
const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

function photo(name: string): object {
  return { type: 'photo', media_url_https: pictureFile(name), original_info: sizeOf(name) };
}

function film(post: FakePost, name: string): object {
  const variants = [
    ...(post.film === undefined ? [] : [{ content_type: 'application/x-mpegURL', url: playlist(post) }]),
    { content_type: 'video/mp4', bitrate: 256_000, url: filmFile(post, 'low') },
    { content_type: 'video/mp4', bitrate: 2_176_000, url: filmFile(post, 'high') },
  ];
  const type = post.film === undefined ? 'animated_gif' : 'video';
  return { type, media_url_https: poster(post), original_info: sizeOf(name), video_info: { variants } };
}
