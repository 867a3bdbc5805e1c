import { readReference } from './html-entity.ts';
import { byteOffset, readStartTag, unparsable, type StartTag } from './html-tag.ts';

/** As in the Bot API: offset and length in UTF-16 units. */
export interface MessageEntity {
  type: string;
  offset: number;
  length: number;
  url?: string;
  language?: string;
}

/** A text without markup, and what was marked up. */
export interface FormattedText {
  text: string;
  entities: MessageEntity[];
}

interface OpenTag extends StartTag {
  offset: number;
}

const types: Readonly<Record<string, string>> = {
  b: 'bold',
  strong: 'bold',
  i: 'italic',
  em: 'italic',
  u: 'underline',
  ins: 'underline',
  s: 'strikethrough',
  strike: 'strikethrough',
  del: 'strikethrough',
  span: 'spoiler',
  'tg-spoiler': 'spoiler',
  'tg-emoji': 'custom_emoji',
  code: 'code',
  pre: 'pre',
};

/**
 * Reads `parse_mode: HTML` as the real Bot API does, with its wording (TDLib, MessageEntity.cpp, do_parse_html). Space around the text is
 * cut off, as it is there.
 * @throws Refusal 400 `can't parse entities: ...`
 */
export function parseHtml(source: string): FormattedText {
  let text = '';
  const entities: MessageEntity[] = [];
  const open: OpenTag[] = [];
  for (let at = 0; at < source.length;) {
    const reference = source[at] === '&' ? readReference(source, at) : null;
    if (reference) {
      text += reference.character;
      at = reference.end;
    } else if (source[at] !== '<') {
      text += source[at++] ?? '';
    } else if (source[at + 1] !== '/') {
      const tag = readStartTag(source, at);
      open.push({ ...tag, offset: text.length });
      at = tag.end;
    } else {
      const last = open.pop();
      at = readEndTag(source, at, last?.name);
      const entity = last && entityOf(last, text);
      if (entity) entities.push(entity);
    }
  }
  const unclosed = open.at(-1);
  if (unclosed) throw unparsable(`Can't find end tag corresponding to start tag "${unclosed.name}"`);
  return trim(text, entities);
}

/** @returns the place behind the `>` */
function readEndTag(source: string, begin: number, expected: string | undefined): number {
  const offset = byteOffset(source, begin);
  if (expected === undefined) throw unparsable(`Unexpected end tag at byte offset ${offset}`);
  const [whole = '', name = '', closed] = /^<\/([^\s>]*)\s*(>?)/.exec(source.slice(begin)) ?? [];
  if (closed !== '>') throw unparsable(`Unclosed end tag at byte offset ${offset}`);
  if (name !== '' && name.toLowerCase() !== expected)
    throw unparsable(`Unmatched end tag at byte offset ${offset}, expected "</${expected}>", found "</${name}>"`);
  return begin + whole.length;
}

/** Null for a tag around nothing, and for a link that leads nowhere. */
function entityOf({ name, argument, offset }: OpenTag, text: string): MessageEntity | null {
  const place = { offset, length: text.length - offset };
  if (place.length === 0) return null;
  if (name === 'blockquote') return { type: argument === '' ? 'blockquote' : 'expandable_blockquote', ...place };
  if (name === 'code' && argument !== '') return { type: 'pre', ...place, language: argument };
  if (name !== 'a') return { type: types[name] ?? name, ...place };
  const url = URL.parse(argument === '' ? text.slice(offset) : argument);
  return url && /^(?:https?|tg|mailto|tel|ton):$/.test(url.protocol)
    ? { type: 'text_link', ...place, url: url.href }
    : null;
}

function trim(source: string, entities: MessageEntity[]): FormattedText {
  const text = source.trim();
  const cut = source.length - source.trimStart().length;
  const moved = entities.map(({ offset, length, ...entity }) => {
    const from = Math.max(0, offset - cut);
    return { ...entity, offset: from, length: Math.min(text.length, offset + length - cut) - from };
  });
  return { text, entities: moved.filter(({ length }) => length > 0).sort((a, b) => a.offset - b.offset) };
}
