import { maxBodyText } from '@vaultstream/contracts';
import { itemsOf, membersOf } from '../clean/json.ts';
import { cleanLine, cleanParagraphs } from '../clean/text.ts';
import { picture } from './media.ts';
import type { PostArticle, PostMedia } from './post.ts';
import { statusUrl } from './status-address.ts';
import { idOf } from './cleaners.ts';

/** What a block of the article's editor (Draft.js) looks like in a plain text. */
const marks: Readonly<Record<string, string>> = {
  'unordered-list-item': '- ',
  'ordered-list-item': '- ',
  blockquote: '> ',
};
const maxBlocks = 5_000;

/** A long article in the words of X, which FxTwitter hands on whole, and others without `content`; null when there is none. */
export function articleOf(value: unknown): PostArticle | null {
  const article = membersOf(value);
  const title = cleanLine(article['title'], 500);
  const preview = cleanParagraphs(article['preview_text'], 2_000);
  if (title === null && preview === null) return null;
  const { blocks, entityMap } = membersOf(article['content']);
  const entities = new Map(
    itemsOf(entityMap).map((entry) => {
      const { key, value: entity } = membersOf(entry);
      return [String(key), membersOf(entity)];
    }),
  );
  const lines = itemsOf(blocks)
    .slice(0, maxBlocks)
    .map((block) => lineOf(membersOf(block), entities));
  return {
    title,
    preview,
    body: cleanParagraphs(lines.filter((line) => line !== null).join('\n\n'), maxBodyText),
    media: mediaOf(article),
  };
}

type Entities = ReadonlyMap<string, Readonly<Record<string, unknown>>>;

function lineOf(block: Readonly<Record<string, unknown>>, entities: Entities): string | null {
  const type = cleanLine(block['type'], 50) ?? '';
  if (type === 'atomic') return embeddedIn(block, entities);
  const text = cleanParagraphs(block['text'], maxBodyText);
  return text === null ? null : `${Object.hasOwn(marks, type) ? marks[type] : ''}${text}`;
}

/** Code and formulas as they were typed, posts by their address; pictures are media. */
function embeddedIn(block: Readonly<Record<string, unknown>>, entities: Entities): string | null {
  const { key } = membersOf(itemsOf(block['entityRanges'])[0]);
  const { data } = entities.get(String(key)) ?? {};
  const { markdown, tweetId } = membersOf(data);
  const id = idOf(tweetId);
  return cleanParagraphs(markdown, maxBodyText) ?? (id === null ? null : statusUrl(id));
}

function mediaOf(article: Readonly<Record<string, unknown>>): PostMedia[] {
  const pictures = [article['cover_media'], ...itemsOf(article['media_entities'])].flatMap((entry) => {
    const info = membersOf(membersOf(entry)['media_info']);
    return picture(info['original_img_url'], info['original_img_width'], info['original_img_height']);
  });
  return pictures.length > 0 ? pictures : picture(article['image']);
}
