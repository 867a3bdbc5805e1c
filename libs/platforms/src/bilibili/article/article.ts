import { BadPayload } from '@vaultstream/contracts';
import { parseDate } from '../../clean/dates.ts';
import { itemsOf, membersOf } from '../../clean/json.ts';
import { cleanLine } from '../../clean/text.ts';
import { callApi, type BilibiliContext } from '../api.ts';
import { authorOf, bodyOf, mediaOf, pictureOf, statsOf, tagsOf } from '../fields.ts';
import { named, type Kind, type Reading } from '../kind.ts';
import { rawOf } from '../raw.ts';
import { articleBody } from './article-body.ts';
import { articleOf, articleUrl } from './article-address.ts';

type Data = Readonly<Record<string, unknown>>;

/** Articles (专栏). Since 2024 each is a post as well, with an id of its own; this is the name that both of them know. */
export const article: Kind = {
  contentType: 'article',

  canonicalize(url) {
    const id = articleOf(url);
    return id === null ? null : named('article', articleUrl(id), `cv${id}`);
  },

  async read(url, ctx) {
    const id = articleOf(url);
    if (id === null) throw new Error(`not an article: ${url.href}`);
    return readArticle(id, ctx);
  },
};

/**
 * Reads an article by its number.
 * @throws BadPayload for one without a title, and the errors of the API.
 */
export async function readArticle(id: string, ctx: BilibiliContext): Promise<Reading> {
  const data = membersOf(await callApi(ctx, { path: '/x/article/view', parameters: { id } }));
  const title = cleanLine(data['title'], 2_000);
  if (title === null) throw new BadPayload('Bilibili answered an article without a title');
  const body = articleBody(data['content']);
  const { mid, name, face } = membersOf(data['author']);
  return {
    content_type: 'article',
    platform_id: `cv${id}`,
    canonical_url: articleUrl(id),
    title,
    description: cleanLine(data['summary'], 2_000),
    body_text: bodyOf(body.text) ?? bodyOf(data['summary']),
    author: authorOf(mid, name, face),
    site_name: 'bilibili',
    language: null,
    published_at: parseDate(data['publish_time']) ?? parseDate(data['ctime']),
    tags: tagsOf([...namesOf(data['categories']), ...namesOf(data['tags'])]),
    is_nsfw: false,
    stats: statsIn(membersOf(data['stats'])),
    media: mediaOf([coverOf(data), ...body.pictures]),
    raw_metadata: rawOf({ ...data, content: undefined }),
  };
}

/** The banner, else the picture that lists show: without one, the first picture of the text is as good. */
function coverOf(data: Data) {
  const listed = [data['banner_url'], ...itemsOf(data['origin_image_urls']), ...itemsOf(data['image_urls'])];
  return listed.map((url) => pictureOf(url, 'cover')).find((picture) => picture !== null) ?? null;
}

function namesOf(list: unknown): unknown[] {
  return itemsOf(list).map((item) => membersOf(item)['name']);
}

function statsIn({ view, like, favorite, coin, share, reply }: Data): Record<string, number> {
  return statsOf({ view, like, collect: favorite, coin, share, comment: reply });
}
