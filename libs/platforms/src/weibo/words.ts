import { maxBodyText } from '@vaultstream/contracts';
import { titleFrom } from '../clean/content-fields.ts';
import { htmlText } from '../clean/html-text.ts';
import { httpUrl } from '../clean/http-url.ts';
import { itemsOf, membersOf } from '../clean/json.ts';
import { cleanLine, cleanParagraphs, decodeEntities } from '../clean/text.ts';

type Data = Readonly<Record<string, unknown>>;

const maxLinks = 200;
/** What stands for a link without a name of its own. */
const anonymousLink = /^(?:\s*网页链接\s*|https?:\/\/.*)$/;
/** What Weibo writes when somebody passes a status on without a word. */
const wordless = /^(?:转发微博|轉發微博|转发|repost)[.。!！\s]*$/i;

/**
 * The text of a status: the whole of a long one, else the plain one, else that of the HTML, which is all that the mobile site has.
 * Short links (t.cn) become what they stand for, emoji their names in brackets.
 */
export function textOf(data: Data): string | null {
  const { longTextContent, text_raw, text } = data;
  const written = [longTextContent, text_raw, text].find((each) => typeof each === 'string' && each.trim() !== '');
  if (typeof written !== 'string') return null;
  const isHtml = (written !== text_raw && written === text) || /<(?:a|br|img|span)\b[^<>]*>/i.test(written);
  const plain = isHtml ? htmlText(written, { element: emojiOf, link: linkOf }) : decodeEntities(written);
  return cleanParagraphs(withLongLinks(plain, data), maxBodyText);
}

/** Emoji are pictures whose `alt` is their name: `[doge]`; other pictures inside a text are icons of links. */
function emojiOf(name: string, { alt }: Readonly<Record<string, string>>): string | undefined {
  return name === 'img' ? (alt ?? '') : undefined;
}

/** Links to other sites go through a warning page, which has the address as `u` or `toasturl`. */
function linkOf(href: string, words: string): string {
  if (words.trim() === '全文') return '';
  const url = URL.parse(href, 'https://weibo.com/');
  const target =
    url?.pathname === '/sinaurl' ? httpUrl(url.searchParams.get('u') ?? url.searchParams.get('toasturl')) : null;
  if (target === null) return words;
  return anonymousLink.test(words) ? target : `${words} (${target})`;
}

function withLongLinks(text: string, data: Data): string {
  const links = [...itemsOf(data['url_struct']), ...itemsOf(data['long_url_struct'])].slice(0, maxLinks);
  const targets = new Map(links.map(membersOf).map(({ short_url, long_url }) => [short_url, httpUrl(long_url)]));
  return text.replace(/https?:\/\/t\.cn\/\w{4,16}/g, (short) => targets.get(short) ?? short);
}

/** Topics as Weibo writes them, `#topic#`, besides those that it lists. */
export function topicsOf(data: Data, text: string | null): unknown[] {
  const listed = itemsOf(data['topic_struct']).map((topic) => membersOf(topic)['topic_title']);
  const written = [...(text ?? '').matchAll(/#([^#\n]{1,80})#/g)].map(([, name]) => name?.replace(/\[超话\]$/, ''));
  return [...listed, ...written.filter((name) => !/^\s|\s$/.test(name ?? ' '))];
}

/** The headline in `【...】` at the beginning, else the first line without addresses; null for a text that says nothing. */
export function titleOf(text: string | null): string | null {
  const headline = cleanLine(/^\s*【([^】\n]{2,200})】/.exec(text ?? '')?.[1], 200);
  if (headline !== null) return headline;
  const words = (text ?? '').replace(/https?:\/\/\S+/g, '').trim();
  return wordless.test(words) ? null : titleFrom(words);
}
