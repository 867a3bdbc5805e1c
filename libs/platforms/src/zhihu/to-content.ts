import { BadPayload, type ParsedContent } from '@vaultstream/contracts';
import { rawOf, tagsOf, uniqueMedia } from '../clean/content-fields.ts';
import { parseDate } from '../clean/dates.ts';
import { membersOf } from '../clean/json.ts';
import { cleanLine } from '../clean/text.ts';
import { addressOf, type Kind, type Thing } from './address.ts';
import { authorOf, type Said } from './fields.ts';
import { pinOf } from './pin.ts';
import type { FoundThing } from './read-thing.ts';
import type { Data } from './sources.ts';
import { answerOf, articleOf, questionOf } from './texts.ts';

const readers: Readonly<Record<Kind, (data: Data) => Said>> = {
  answer: answerOf,
  article: articleOf,
  question: questionOf,
  pin: pinOf,
};

/**
 * The content that a thing is.
 * @throws BadPayload for one without a title
 */
export function contentOf(thing: Thing, { data, source }: FoundThing): Omit<ParsedContent, 'parser_version'> {
  const { publishedAt, editedAt, tags, media, ...said } = readers[thing.kind](data);
  const author = authorOf(data['author']);
  const title = said.title ?? (thing.kind === 'pin' ? (author?.name ?? null) : null);
  if (title === null) throw new BadPayload(`Zhihu answered no title of the ${thing.kind}`);
  return {
    ...said,
    title,
    platform_id: thing.id,
    canonical_url: addressOf(thing),
    content_type: thing.kind,
    author,
    site_name: '知乎',
    language: null,
    published_at: parseDate(publishedAt),
    tags: tagsOf(tags),
    is_nsfw: false,
    media: uniqueMedia(media),
    raw_metadata: {
      source,
      edited_at: parseDate(editedAt)?.toISOString() ?? null,
      question_id: cleanLine(membersOf(data['question'])['id'], 30),
      column: cleanLine(membersOf(data['column'])['title'], 300),
      headline: cleanLine(membersOf(data['author'])['headline'], 500),
      thing: rawOf({ ...data, content: thing.kind === 'pin' ? data['content'] : undefined, detail: undefined }),
    },
  };
}
