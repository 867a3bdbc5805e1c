import { isVaultError, type ParsedMedia } from '@vaultstream/contracts';
import { itemsOf, membersOf, parseJson } from '../../clean/json.ts';
import { cleanLine } from '../../clean/text.ts';
import { addressOf, pictureOf } from '../fields.ts';
import type { ArticleBody } from './body.ts';

/** Edits that are read. */
const maxOps = 50_000;
/** What an insert may be besides text: a card of something else, under one of these names. */
const cards = [
  'article-card',
  'video-card',
  'fanju-card',
  'music-card',
  'shop-card',
  'live-card',
  'vote-card',
  'opus-card',
];

/**
 * Text and pictures of an article in the editor's own form, `{"ops": [{"insert": ...}]}` (Quill's Delta): a line break bears the attributes
 * of the line that it ends.
 * @returns null for what is no such JSON.
 */
export function opsBody(content: string): ArticleBody | null {
  const ops = opsOf(content);
  if (ops === null) return null;
  const lines: string[] = [];
  const pictures: (ParsedMedia | null)[] = [];
  let line = '';
  let order = 0;
  const endLine = (attributes: unknown) => {
    const { list, header } = membersOf(attributes);
    order = list === 'ordered' ? order + 1 : 0;
    const mark = list === 'bullet' ? '- ' : list === 'ordered' ? `${order}. ` : '';
    lines.push(header === undefined ? mark + line : `\n${line}\n`);
    line = '';
  };
  for (const op of ops.slice(0, maxOps)) {
    const { insert, attributes } = membersOf(op);
    if (typeof insert === 'string') {
      const [first = '', ...rest] = insert.split('\n');
      line += first;
      for (const next of rest) {
        endLine(attributes);
        line = next;
      }
      continue;
    }
    const picture = pictureIn(insert);
    pictures.push(picture);
    const said = picture === null ? cardIn(insert) : null;
    if (said !== null) line += said;
  }
  endLine(undefined);
  return { text: lines.join('\n'), pictures };
}

function opsOf(content: string): readonly unknown[] | null {
  try {
    const { ops } = membersOf(parseJson(Buffer.from(content)));
    return Array.isArray(ops) ? itemsOf(ops) : null;
  } catch (error) {
    if (isVaultError(error)) return null;
    throw error;
  }
}

function pictureIn(insert: unknown): ParsedMedia | null {
  const given = membersOf(membersOf(insert)['native-image'] ?? membersOf(insert)['image']);
  return pictureOf(given['url'], 'content', given);
}

/** A card says what it shows in its picture's alternative text, and where that is. */
function cardIn(insert: unknown): string | null {
  const name = cards.find((card) => Object.hasOwn(membersOf(insert), card));
  if (name === undefined) return null;
  const { alt, title, url, id } = membersOf(membersOf(insert)[name]);
  const said = [cleanLine(title ?? alt ?? id, 200), addressOf(url)].filter((part) => part !== null);
  return said.length === 0 ? null : said.join(' ');
}
