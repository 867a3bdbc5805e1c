import { decodeHTML } from 'entities/decode';
import { itemsOf, membersOf } from '../../clean/json.ts';
import { joined, memberAt } from '../fields.ts';
import { cardIn } from './cards.ts';
import { lineOf, picturesOf, type Line } from './nodes.ts';

/** Paragraphs of a post that are read. */
const maxParagraphs = 5_000;

/** The text of a post as it is written by paragraphs, with its pictures in order. Empty for what has none. */
export function paragraphsOf(list: unknown): Line {
  const lines = itemsOf(list)
    .slice(0, maxParagraphs)
    .map((paragraph) => paragraphOf(membersOf(paragraph)));
  return {
    text: joined(lines.map(({ text }) => text)),
    pictures: lines.flatMap(({ pictures }) => pictures),
    topics: lines.flatMap(({ topics }) => topics),
  };
}

/** By what it holds, not by its `para_type`: 1 text, 2 pictures, 3 dividing line, 4 quotation, 5 list, 6 card, 7 code, 8 heading. */
function paragraphOf(paragraph: Readonly<Record<string, unknown>>): Line {
  const { text, heading, blockquote, list, pic, code, link_card: linkCard } = paragraph;
  if (list !== undefined) return listOf(list);
  if (pic !== undefined) return plain('', picturesOf(memberAt(pic, 'pics')));
  if (code !== undefined) return plain(decoded(membersOf(code)['content']));
  if (linkCard !== undefined) return plain(cardIn(membersOf(linkCard)['card'])?.text ?? '');
  return lineOf(membersOf(text ?? heading ?? blockquote)['nodes']);
}

/** `style` 1 counts its items, 2 does not. */
function listOf(list: unknown): Line {
  const { style, items } = membersOf(list);
  const lines = itemsOf(items).map((item, index) => {
    const { nodes, order, level } = membersOf(item);
    const indent = '  '.repeat(Math.min(Math.max((Number(level) || 1) - 1, 0), 5));
    const mark = style === 1 ? `${Number(order) || index + 1}.` : '-';
    const line = lineOf(nodes);
    return { ...line, text: `${indent}${mark} ${line.text.trim()}` };
  });
  return {
    text: lines.map(({ text }) => text).join('\n'),
    pictures: lines.flatMap(({ pictures }) => pictures),
    topics: lines.flatMap(({ topics }) => topics),
  };
}

function plain(text: string, pictures: Line['pictures'] = []): Line {
  return { text, pictures, topics: [] };
}

/** Code comes with the entities of HTML. */
function decoded(content: unknown): string {
  return typeof content === 'string' ? decodeHTML(content) : '';
}
