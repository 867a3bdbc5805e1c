import { parseDate } from './dates.ts';
import { cleanHtmlLine } from './text.ts';
import { trimEndOf } from './trim.ts';

/** What stands before a name in a byline, in the languages we have met. */
const lead =
  /^(?:(?:(?:written|posted|published|reported|reviewed|story|article|text|words)\s+by|by|author|authors|von|par|por|di|door|av|af|автор|текст|作者|文|撰文|记者)\s*[:：|]\s*|(?:(?:written|posted|published|reported|story|article|words)\s+)?by\s+|(?:von|par|por)\s+(?=\p{Lu}))/iu;
const bareLead = /^(?:by|author|von|par|por|作者|文)$/i;
/** What stands after it: a role, a date, a separator with more. */
const tail = / ?(?:[|•·—–]| - |,? ?\b(?:updated|published|posted|last updated)\b)/iu;
const looksLikeAddress = /^(?:https?:)?\/\/|^www\.|^[\w.+-]+@[\w-]+\.\w+$/i;

/**
 * A person's or organisation's name out of a byline: lead-ins such as "By ", trailing dates and roles removed. Null for what is no
 * name: addresses, dates, numbers, sentences.
 * @param max UTF-16 units
 */
export function cleanName(value: unknown, max = 200): string | null {
  const text = cleanHtmlLine(value, 400);
  if (text === null || looksLikeAddress.test(text)) return null;
  const led = text.replace(lead, '');
  const own = led.slice(0, tail.exec(led)?.index).replace(/^[\s,;:@|]+/, '');
  const name = trimEndOf(own, /[\s,;:|]/);
  if (name === '' || name.length > max || !/\p{L}/u.test(name)) return null;
  if (
    looksLikeAddress.test(name) ||
    parseDate(name) !== null ||
    /^(?:updated|published|posted|last updated)\b/i.test(name)
  )
    return null;
  return name.split(' ').length > 16 || bareLead.test(name) ? null : name;
}

/** Several names as one: each cleaned, without repetition, joined by commas; null when none is left. */
export function joinNames(values: readonly unknown[], max = 200): string | null {
  const names = new Map<string, string>();
  for (const value of values.slice(0, 50)) {
    const name = cleanName(value, max);
    if (name !== null && !names.has(name.toLowerCase())) names.set(name.toLowerCase(), name);
  }
  let joined = '';
  for (const name of names.values()) {
    const next = joined === '' ? name : `${joined}, ${name}`;
    if (next.length > max) break;
    joined = next;
  }
  return joined || null;
}
