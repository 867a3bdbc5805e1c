import { maxBodyText, type ParsedMedia } from '@vaultstream/contracts';
import { htmlText } from '../clean/html-text.ts';
import { cleanLine, cleanParagraphs } from '../clean/text.ts';
import { isHostOf } from '../url/hosts.ts';
import { outgoing } from './address.ts';
import { pictureOf } from './pictures.ts';

type Attributes = Readonly<Record<string, string>>;

/** A text with what it shows, in its order. */
export interface Body {
  text: string | null;
  media: ParsedMedia[];
}

/**
 * What Zhihu's editor makes, as text: formulas as `$...$`, links with the address that they really lead to, cards of videos with their
 * picture, advertisements left out. Pictures come once each, in their original size.
 * @throws BadPayload for nesting beyond all reason
 */
export function bodyOf(html: unknown): Body {
  const media: ParsedMedia[] = [];
  if (typeof html !== 'string') return { text: null, media };
  const text = htmlText(html, {
    element(name, attributes) {
      if (name === 'img') return imageOf(attributes, media);
      return name === 'a' ? cardOf(attributes, media) : undefined;
    },
    link: linkOf,
  });
  return { text: cleanParagraphs(text, maxBodyText), media };
}

/** A picture is media, a formula or an emoji is text. The address in `src` is a placeholder until the page is scrolled. */
function imageOf(attributes: Attributes, media: ParsedMedia[]): string {
  const { src = '', alt = '', class: kind = '' } = attributes;
  const tex = URL.parse(src, 'https://www.zhihu.com/')?.searchParams.get('tex');
  if (attributes['eeimg'] !== undefined || (tex && src.includes('/equation'))) return formula(alt || (tex ?? ''));
  if (/emoticon|sticker|emoji/.test(kind)) return alt;
  const found = [attributes['data-original'], attributes['data-actualsrc'], src].find(
    (url) => url && !url.startsWith('data:'),
  );
  media.push(...pictureOf(found, 'content', attributes['data-rawwidth'], attributes['data-rawheight']));
  return '';
}

/** A formula that ends with a line break of TeX stands on a line of its own. */
function formula(written: string): string {
  const tex = cleanLine(written, 10_000) ?? '';
  const block = tex.endsWith('\\\\');
  const inner = tex.replace(/\\\\$/, '').trim();
  if (inner === '') return '';
  return block ? `$$${inner}$$` : `$${inner}$`;
}

/** A video is shown by its picture and where it is; other cards are links. */
function cardOf(attributes: Attributes, media: ParsedMedia[]): string | undefined {
  const { class: kind = '', href = '', 'data-draft-type': draft } = attributes;
  if (draft === 'mcn-link-card' || draft === 'ad-link-card') return '';
  if (!/(?:^|\s)video-box(?:\s|$)/.test(kind)) return undefined;
  media.push(...pictureOf(attributes['data-poster']));
  const address = outgoing(href)?.href ?? URL.parse(href, 'https://www.zhihu.com/')?.href ?? '';
  const name = cleanLine(attributes['data-name'], 500);
  return name === null ? address : `${name} (${address})`;
}

/** Words that lead out of Zhihu are followed by where they lead, unless they say it themselves. */
function linkOf(href: string, words: string): string {
  const url = outgoing(href) ?? URL.parse(href);
  const known = words.trim();
  if (!url || !/^https?:$/.test(url.protocol) || known === '') return words;
  if (isHostOf(url.hostname, ['zhihu.com']) || known.startsWith('@')) return words;
  const shortened = known.replace(/^https?:\/\//, '').replace(/…$|\.\.\.$/, '');
  if (/^[\w.-]+\.\w+(?:\/|$)/.test(shortened) && url.href.includes(shortened)) return url.href;
  return `${words} (${url.href})`;
}
