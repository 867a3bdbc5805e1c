import { AccessDenied, NotFound } from '@vaultstream/contracts';
import { membersOf } from '../../clean/json.ts';
import { cleanLine } from '../../clean/text.ts';
import type { BilibiliContext } from '../api.ts';
import { readArticle } from '../article/article.ts';
import { articleUrl } from '../article/article-address.ts';
import { bodyOf, joined, mediaOf, tagsOf, titleFrom } from '../fields.ts';
import { numberId } from '../hosts.ts';
import { named, type Kind, type Reading } from '../kind.ts';
import { rawOf } from '../raw.ts';
import { findPost } from './find-post.ts';
import { opusOf, opusUrl } from './opus-address.ts';
import { postOf, type Post } from './post.ts';

type Item = Readonly<Record<string, unknown>>;

/** The comments of an article belong to its number: so its post tells it (bilibili-API-collect, docs/dynamic/dynamic_enum.md). */
const articleComments = 12;
/** What Bilibili writes for somebody who passes a post on without a word. */
const silence = /^(?:转发动态|转发|分享动态)?$/;

/** Posts (动态, 图文): texts, pictures, announcements of something else, and posts that pass another one on. */
export const opus: Kind = {
  contentType: 'dynamic',

  canonicalize(url) {
    const id = opusOf(url);
    return id === null ? null : named('dynamic', opusUrl(id), id);
  },

  async read(url, ctx) {
    const id = opusOf(url);
    if (id === null) throw new Error(`not a post: ${url.href}`);
    const found = await findPost(id, ctx);
    return 'article' in found ? readArticle(found.article, ctx) : readPost(id, found.item, ctx);
  },
};

function readPost(id: string, item: Item, ctx: BilibiliContext): Reading {
  const post = postOf(item);
  refuseHidden(post);
  const passedOn = item['orig'] === undefined || item['orig'] === null ? null : postOf(item['orig']);
  if (passedOn?.hidden)
    ctx.log.debug({ post: id, why: passedOn.hidden.why }, 'the post that was passed on is not shown');
  const article = articleIn(item);
  const said = bodyOf(post.text);
  const own = passedOn && silence.test(said ?? '') ? null : said;
  return {
    content_type: article === null ? 'dynamic' : 'article',
    platform_id: article === null ? id : `cv${article}`,
    canonical_url: article === null ? opusUrl(id) : articleUrl(article),
    title: titleOf(post, own, passedOn),
    description: null,
    body_text: bodyOf(joined([own, passedOn && quotation(passedOn)])),
    author: post.author,
    site_name: 'bilibili',
    language: null,
    published_at: post.publishedAt,
    tags: tagsOf([...post.tags, ...(passedOn?.tags ?? [])]),
    is_nsfw: false,
    stats: post.stats,
    media: mediaOf([...post.pictures, ...(passedOn?.pictures ?? [])]),
    raw_metadata: rawOf(item),
  };
}

/** A post of which nothing can be seen is no content; one that shows its beginning is. */
function refuseHidden({ hidden, text, pictures }: Post): void {
  if (hidden?.why === 'gone') throw new NotFound(hidden.said ?? 'the post was removed');
  const shown = text !== '' || pictures.some((picture) => picture !== null);
  if (hidden && !shown) throw new AccessDenied(hidden.said ?? 'the post is shown to some people only');
}

/** Its own title, else its first line, else that of the post which it passes on. `//@...` are words of those who passed it on before. */
function titleOf(post: Post, own: string | null, passedOn: Post | null): string | null {
  const said = post.title ?? (passedOn && own?.startsWith('//@') === true ? null : titleFrom(own));
  const name = post.author?.name ?? null;
  return said ?? passedOn?.title ?? titleFrom(bodyOf(passedOn?.text)) ?? (name === null ? null : `${name}的动态`);
}

/** The post that was passed on: who says what, and where. */
function quotation({ author, title, text, id, hidden }: Post): string {
  const name = author?.name ?? null;
  const said = text === '' ? (hidden?.said ?? '') : text;
  const lines = [name === null ? null : `@${name}:`, title !== null && !said.includes(title) ? title : null, said];
  return joined([...lines, id === null ? null : opusUrl(id)], '\n');
}

function articleIn(item: Item): string | null {
  const { comment_type: comments, rid_str: number } = membersOf(item['basic']);
  return Number(comments) === articleComments ? numberId(cleanLine(number, 20), 12) : null;
}
