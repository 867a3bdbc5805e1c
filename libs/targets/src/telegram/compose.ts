import type { ContentView } from '@vaultstream/contracts';
import { cleanBlock, cleanLine, cutGraphemes, escapeHtml } from './clean.ts';
import { withoutEcho } from './echo.ts';

/** One text in two forms: with markup, and without for a service that refuses the markup. */
export interface ComposedText {
  /** Telegram's HTML. */
  html: string;
  plain: string;
}

/** UTF-16 units that a line may take of a message. */
const lengths = { title: 256, author: 100, tags: 200, label: 64, url: 300 };
const maxTags = 10;
/** Longest address that is worth a link: Telegram shows a longer one as text without it. */
const maxHref = 2_048;
/** A shorter rest of the text says nothing. */
const minExcerpt = 16;
const gap = '\n\n';

/** One paragraph: what is shown, and its markup. */
interface Block extends ComposedText {
  /** What limits count: the text after entities. */
  shown: string;
}

/**
 * Title in bold and author, text (without what repeats the title), hashtags, link; at most `max` UTF-16 units after entities, in the plain form too. Title, tags and link are
 * bounded, so they always stay; the text takes the rest.
 * @param prefer Which text comes first when there are both.
 */
export function compose(content: ContentView, max: number, prefer: 'description' | 'body_text'): ComposedText {
  const full = cleanBlock(content[prefer]) || cleanBlock(content.description) || cleanBlock(content.body_text);
  const { title, text } = withoutEcho(cleanLine(content.title), full);
  const head = joined([titleBlock(title), authorBlock(content)], '\n');
  const tail = [tagsBlock(content.tags), linkBlock(content)];
  const fixed = joined([head, ...tail], gap);
  const room = max - Math.max(fixed.shown.length, fixed.plain.length) - gap.length;
  const excerpt = room < minExcerpt ? '' : cutGraphemes(text, room);
  const { html, plain } = joined([head, textBlock(excerpt), ...tail], gap);
  return { html, plain };
}

function titleBlock(title: string): Block {
  return marked('b', cutGraphemes(title, lengths.title));
}

function authorBlock({ author }: ContentView): Block {
  return marked('i', cutGraphemes(cleanLine(author?.name ?? null), lengths.author));
}

/** Letters, digits and underscores: anything else would end the hashtag. */
function tagsBlock(tags: readonly string[]): Block {
  const names = tags.map((tag) => {
    let name = cleanLine(tag)
      .replace(/[^\p{L}\p{N}\p{M}_]+/gu, '_')
      .replace(/^[_\p{M}]+/u, '');
    while (name.endsWith('_')) name = name.slice(0, -1);
    return name;
  });
  const usable = [...new Set(names)].filter((name) => /[^\p{N}_]/u.test(name)).slice(0, maxTags);
  let line = '';
  for (const name of usable) {
    const longer = line === '' ? `#${name}` : `${line} #${name}`;
    if (longer.length <= lengths.tags) line = longer;
  }
  return textBlock(line);
}

/** The link reads as the name of its site; without markup it is the address itself, unless that is too long for a message. */
function linkBlock({ canonical_url: url, site_name }: ContentView): Block {
  const host = URL.canParse(url) ? new URL(url).hostname : url;
  const label = cutGraphemes(cleanLine(site_name) || cleanLine(host) || '…', lengths.label);
  const shown = escapeHtml(label);
  return {
    shown: label,
    html: url.length > maxHref ? shown : `<a href="${escapeHtml(cleanLine(url))}">${shown}</a>`,
    plain: url.length > lengths.url ? label : cleanLine(url),
  };
}

function textBlock(text: string): Block {
  return { shown: text, html: escapeHtml(text), plain: text };
}

function marked(tag: 'b' | 'i', text: string): Block {
  return text === '' ? textBlock('') : { shown: text, html: `<${tag}>${escapeHtml(text)}</${tag}>`, plain: text };
}

/** Empty ones vanish. */
function joined(blocks: readonly Block[], between: string): Block {
  const full = blocks.filter(({ shown }) => shown !== '');
  const join = (form: keyof Block): string => full.map((block) => block[form]).join(between);
  return { shown: join('shown'), html: join('html'), plain: join('plain') };
}
