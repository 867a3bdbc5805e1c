import type { ParsedContent, ParsedMedia } from '@vaultstream/contracts';
import { boundedCopy } from '../clean/bounded.ts';
import { membersOf } from '../clean/json.ts';
import type { Post, PostMedia } from './post.ts';
import type { FoundPost } from './read-post.ts';
import { statusUrl, timeOfId } from './status-address.ts';
import { bodyOf, tagsOf, titleOf } from './words.ts';

const maxMedia = 1_000;

/** The content that a post is: itself or, where it is part of one, its author's whole thread in order, with what they show and quote. */
export function contentOf({ post, thread, source, raw }: FoundPost): Omit<ParsedContent, 'parser_version'> {
  const posts = thread.length > 0 ? thread : [post];
  const shown = posts.flatMap((each) => (each.quote ? [each, each.quote] : [each]));
  const { author } = post;
  return {
    platform_id: post.id,
    canonical_url: statusUrl(post.id),
    content_type: post.article ? 'article' : thread.length > 0 ? 'thread' : 'tweet',
    title: titleOf(post),
    description: post.article?.preview ?? null,
    body_text: bodyOf(posts),
    author:
      author.handle === null && author.name === null
        ? null
        : {
            id: author.handle,
            name: author.name,
            url: author.handle === null ? null : `https://x.com/${author.handle}`,
            avatar_url: author.avatar,
          },
    site_name: 'X',
    language: post.language,
    published_at: post.publishedAt ?? timeOfId(post.id),
    tags: tagsOf(posts),
    is_nsfw: shown.some(({ sensitive }) => sensitive),
    stats: post.stats,
    media: mediaOf(shown),
    raw_metadata: {
      source,
      ...post.facts,
      replying_to: post.replyTo,
      quoted: post.quote && { id: post.quote.id, handle: post.quote.author.handle },
      thread: thread.map(({ id }) => id),
      post: { ...membersOf(boundedCopy(raw, { depth: 8, width: 100, text: 2_000, left: 3_000 })) },
    },
  };
}

/** The picture of a film that comes first is the cover; that of another stands before its film like any picture. */
function mediaOf(shown: readonly Post[]): ParsedMedia[] {
  const all = shown.flatMap(({ media }) => media);
  const once = [...new Map(all.map((medium) => [medium.url, medium])).values()];
  return once.flatMap((medium, index) => rowsOf(medium, index === 0)).slice(0, maxMedia);
}

function rowsOf({ kind, url, poster, width, height }: PostMedia, first: boolean): ParsedMedia[] {
  const pixels = width === undefined || height === undefined ? {} : { width, height };
  const row: ParsedMedia = { kind, role: 'content', url, ...pixels };
  return poster === null ? [row] : [{ kind: 'image', role: first ? 'cover' : 'content', url: poster, ...pixels }, row];
}
