const named: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"' };
/** Characters of a numeric reference, without its semicolon. */
const longestNumber = 10;

/**
 * Reads a character reference as Telegram does (TDLib, MessageEntity.cpp, decode_html_entity): four names and numbers; the semicolon may
 * be missing; anything else is plain text.
 * @param at where the `&` stands
 */
export function readReference(text: string, at: number): { character: string; end: number } | null {
  const rest = text.slice(at, at + 24);
  const [whole = '', hex, decimal] = /^&#(?:x([0-9a-f]*)|(\d*))/i.exec(rest) ?? [];
  const code = hex === undefined ? Number(decimal) : parseInt(hex, 16);
  const number = whole !== '' && whole.length < longestNumber && code > 0 && code < 0x10ffff;
  const [, name = ''] = /^&([a-z]+)/i.exec(rest) ?? [];
  const character = number ? String.fromCodePoint(code) : Object.hasOwn(named, name) ? named[name] : undefined;
  if (character === undefined) return null;
  const end = at + (number ? whole.length : name.length + 1);
  return { character, end: text[end] === ';' ? end + 1 : end };
}
