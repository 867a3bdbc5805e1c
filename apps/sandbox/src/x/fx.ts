import { json, type Answer } from '../server/service.ts';
import { filmFile, pictureFile, playlist, portrait, poster, sizeOf } from './files.ts';
import { absences, posts, replyCount, threadOf, type FakePost } from './posts.ts';

/** What the second version says where a post was (docs/specs/fxtwitter-openapi.json, APIStatusTombstone); null: a code alone. */
const reasons = {
  deleted: 'deleted',
  suspended: 'suspended',
  protected: null,
  'age-restricted': 'unavailable',
} as const;

/** `api.fxtwitter.com`: `/2/status/<id>`, `/2/thread/<id>`, and the first version at `/<user>/status/<id>`. */
export function fxTwitter(path: string): Answer {
  const [, version, kind, id = ''] = /^\/(2|\w+)\/(status|thread)\/(\d+)$/.exec(path) ?? [];
  const post = posts.get(id);
  if (kind === undefined) return json({ code: 404, message: 'Not Found' }, 404);
  if (version !== '2') return post ? json({ code: 200, message: 'OK', tweet: tweet(post) }) : absent(id, false);
  if (!post) return absent(id, true);
  const thread = kind === 'thread' ? threadOf(post).map((each) => status(each)) : null;
  return json({ code: 200, status: status(post), thread, author: author(post) });
}

function absent(id: string, second: boolean): Answer {
  const absence = absences.get(id);
  if (absence === 'protected')
    return json(
      second ? { code: 401, status: null, thread: null, author: null } : { code: 401, message: 'PRIVATE_TWEET' },
      401,
    );
  if (!second) return json({ code: 404, message: 'NOT_FOUND' }, 404);
  const reason = absence === undefined ? null : reasons[absence];
  const tombstone = { type: 'tombstone', provider: 'twitter', reason, message: 'This post is unavailable.', id };
  return json({ code: 404, status: reason === null ? null : tombstone, thread: null, author: null }, 404);
}

function author({ by }: FakePost) {
  const avatar_url = portrait(by).replace('_normal', '_200x200');
  return { type: 'profile', id: by.id, name: by.name, screen_name: by.handle, avatar_url, protected: false };
}

/** A status of the second version. */
function status(post: FakePost, depth = 1): object {
  const quoted = post.quotes === undefined || depth === 0 ? undefined : posts.get(post.quotes);
  const parent = post.repliesTo === undefined ? undefined : posts.get(post.repliesTo);
  const text = quoted ? `${post.text} https://x.com/${quoted.by.handle}/status/${quoted.id}` : post.text;
  return {
    type: 'status',
    id: post.id,
    url: `https://x.com/${post.by.handle}/status/${post.id}`,
    text,
    created_at: twitterTime(post.at),
    created_timestamp: post.at,
    likes: post.likes,
    reposts: Math.floor(post.likes / 12),
    quotes: Math.floor(post.likes / 80),
    replies: replyCount(post),
    views: post.likes * 30,
    bookmarks: Math.floor(post.likes / 20),
    author: author(post),
    media: media(post),
    raw_text: { text, display_text_range: [0, text.length], facets: [] },
    lang: post.language,
    possibly_sensitive: post.sensitive ?? false,
    replying_to: parent ? { screen_name: parent.by.handle, status: parent.id } : null,
    source: 'Twitter Web App',
    embed_card: 'tweet',
    provider: 'twitter',
    is_note_tweet: post.text.length > 280,
    community_note: null,
    reposted_by: null,
    ...(quoted ? { quote: status(quoted, depth - 1) } : {}),
    ...(post.poll ? { poll: poll(post.poll) } : {}),
    ...(post.article ? { article: article(post.article) } : {}),
  };
}

/** The same in the words of the first version. */
function tweet(post: FakePost): object {
  const { reposts, replying_to, quote, ...rest } = status(post) as Record<string, unknown>;
  const parent = replying_to as { screen_name: string; status: string } | null;
  const quoted = post.quotes === undefined ? undefined : posts.get(post.quotes);
  return {
    ...rest,
    retweets: reposts,
    replying_to: parent?.screen_name ?? null,
    replying_to_status: parent?.status ?? null,
    ...(quote === undefined || !quoted ? {} : { quote: tweet(quoted) }),
  };
}

function media(post: FakePost): object {
  const photos = (post.pictures ?? []).map((name) => ({
    type: 'photo',
    url: `${pictureFile(name)}?name=orig`,
    ...sizeOf(name),
    altText: name.replaceAll('-', ' '),
  }));
  const name = post.film ?? post.gif;
  if (name === undefined) return photos.length === 0 ? {} : { all: photos, photos };
  const formats = [
    ...(post.film === undefined ? [] : [{ url: playlist(post), container: 'm3u8' }]),
    { url: filmFile(post, 'low'), container: 'mp4', codec: 'h264', bitrate: 256_000 },
    { url: filmFile(post, 'high'), container: 'mp4', codec: 'h264', bitrate: 2_176_000 },
  ];
  const film = {
    type: post.film === undefined ? 'gif' : 'video',
    url: filmFile(post, 'high'),
    thumbnail_url: poster(post),
    duration: post.film === undefined ? 0 : 12.3,
    format: 'video/mp4',
    formats,
    ...sizeOf(name),
  };
  return { all: [...photos, film], photos, videos: [film] };
}

function poll(choices: NonNullable<FakePost['poll']>): object {
  const total_votes = choices.reduce((sum, [, votes]) => sum + votes, 0);
  return {
    choices: choices.map(([label, count]) => ({ label, count, percentage: Math.round((100 * count) / total_votes) })),
    total_votes,
    ends_at: '2026-03-09T06:15:00Z',
    time_left_en: 'Final results',
  };
}

function article({ title, paragraphs, cover }: NonNullable<FakePost['article']>): object {
  const { width, height } = sizeOf(cover);
  const info = { original_img_url: pictureFile(cover), original_img_width: width, original_img_height: height };
  return {
    id: '1759999999999999999',
    title,
    preview_text: paragraphs[0],
    cover_media: { media_id: '1', media_info: { __typename: 'ApiImage', ...info } },
    content: {
      blocks: paragraphs.map((text, index) => ({ key: `b${index}`, type: 'unstyled', text, entityRanges: [] })),
      entityMap: [],
    },
    media_entities: [],
  };
}

/** `Mon Mar 02 06:15:00 +0000 2026`. */
export function twitterTime(seconds: number): string {
  const [weekday, day, month, year, time] = new Date(seconds * 1_000).toUTCString().split(/,? /);
  return `${weekday} ${month} ${day} ${time} +0000 ${year}`;
}
