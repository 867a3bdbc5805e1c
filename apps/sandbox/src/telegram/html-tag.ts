import { readReference } from './html-entity.ts';
import { badRequest, type Refusal } from './refusal.ts';

/** A start tag. */
export interface StartTag {
  name: string;
  /** The link, the language, or what else the tag needs to say. */
  argument: string;
  /** Behind its `>`. */
  end: number;
}

const supported = new Set('a b strong i em s strike del u ins tg-spoiler tg-emoji span pre code blockquote'.split(' '));
const space = /[\s\0]/;

/** 400 `can't parse entities`. */
export const unparsable = (problem: string): Refusal => badRequest(`can't parse entities: ${problem}`);

/** Where Telegram says that something stands: bytes of UTF-8, not characters. */
export const byteOffset = (text: string, index: number): number => Buffer.byteLength(text.slice(0, index));

/** Reads the start tag at `begin`. @throws Refusal */
export function readStartTag(text: string, begin: number): StartTag {
  const where = `at byte offset ${byteOffset(text, begin)}`;
  let at = begin + 1;
  while (at < text.length && !space.test(text[at] ?? '') && text[at] !== '>') at++;
  if (at >= text.length) throw unparsable(`Unclosed start tag ${where}`);
  const name = text.slice(begin + 1, at).toLowerCase();
  if (!supported.has(name)) throw unparsable(`Unsupported start tag "${name}" ${where}`);
  let argument = '';
  for (;;) {
    while (space.test(text[at] ?? '')) at++;
    if (text[at] === '>') break;
    if (at >= text.length) throw unparsable(`Unclosed start tag "${name}" ${where}`);
    const attribute = readAttribute(text, at, name, where);
    argument = argumentOf(name, attribute.name, attribute.value) ?? argument;
    at = attribute.end;
  }
  if (name === 'span' && argument !== 'spoiler') throw unparsable(`Tag "span" must have class "tg-spoiler" ${where}`);
  return { name, argument, end: at + 1 };
}

function readAttribute(text: string, start: number, tag: string, where: string) {
  const [, name = '', assigned] = /^([^\s=>/"']*)[\s\0]*(=[\s\0]*)?/.exec(text.slice(start)) ?? [];
  if (name === '') throw unparsable(`Empty attribute name in the tag "${tag}" ${where}`);
  const nameEnd = start + name.length;
  if (assigned === undefined) return { name, value: null, end: nameEnd };
  let at = text.indexOf('=', nameEnd) + assigned.length;
  const quote = text[at];
  if (quote !== '"' && quote !== "'") {
    const [token = ''] = /^[a-z0-9.-]*/i.exec(text.slice(at)) ?? [];
    const end = at + token.length;
    if (end >= text.length) throw unparsable(`Unclosed start tag ${where}`);
    if (!/[\s>]/.test(text[end] ?? ''))
      throw unparsable(`Unexpected end of name token at byte offset ${byteOffset(text, at)}`);
    return { name, value: token.toLowerCase(), end };
  }
  let value = '';
  for (at++; at < text.length && text[at] !== quote;) {
    const reference = text[at] === '&' ? readReference(text, at) : null;
    value += reference?.character ?? text[at] ?? '';
    at = reference?.end ?? at + 1;
  }
  if (at + 1 >= text.length) throw unparsable(`Unclosed start tag ${where}`);
  return { name, value, end: at + 1 };
}

function argumentOf(tag: string, attribute: string, value: string | null): string | null {
  if (tag === 'blockquote' && attribute === 'expandable') return 'expandable';
  if (value === null) return null;
  if (tag === 'a' && attribute === 'href') return value;
  if (tag === 'code' && attribute === 'class' && value.startsWith('language-')) return value.slice('language-'.length);
  if (tag === 'span' && attribute === 'class' && value.startsWith('tg-')) return value.slice('tg-'.length);
  if (tag === 'tg-emoji' && attribute === 'emoji-id') return value;
  return null;
}
