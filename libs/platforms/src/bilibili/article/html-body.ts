import { Parser } from 'htmlparser2';
import { BadPayload, type ParsedMedia } from '@vaultstream/contracts';
import { pictureOf } from '../fields.ts';
import type { ArticleBody } from './body.ts';

/** Longest HTML that is read: characters. Articles have at most 100,000 characters of text. */
const maxHtml = 2_000_000;
/** The editor makes about five levels. An element that is never closed costs time at each end tag after it. */
const maxDepth = 200;

const blocks = new Set(['p', 'div', 'figure', 'blockquote', 'ul', 'ol', 'pre', 'table', 'hr', 'section', 'article']);
const headings = /^h[1-6]$/;
const lines = new Set(['br', 'li', 'tr', 'figcaption']);
const silent = new Set(['script', 'style', 'template', 'iframe']);

/**
 * Text and pictures of an article, in their order. Read as a stream: no tree is built of a stranger's page.
 * @throws BadPayload for nesting beyond all reason.
 */
export function htmlBody(html: string): ArticleBody {
  const writer = new Writer();
  const parser = new Parser(
    {
      onopentag: (name, attributes) => writer.open(name, attributes),
      ontext: (text) => writer.text(text),
      onclosetag: (name) => writer.close(name),
    },
    { decodeEntities: true },
  );
  parser.end(html.slice(0, maxHtml));
  return writer.body();
}

class Writer {
  private readonly parts: string[] = [];
  private readonly pictures: (ParsedMedia | null)[] = [];
  /** Line breaks to write before the next text, and what begins its line. */
  private breaks = 0;
  private mark = '';
  private depth = 0;
  private quiet = 0;
  private code = 0;
  private items = 0;

  open(name: string, attributes: Readonly<Record<string, string>>): void {
    if (++this.depth > maxDepth) throw new BadPayload('the article is nested too deeply');
    this.part(name);
    if (silent.has(name)) this.quiet++;
    if (name === 'pre') this.code++;
    if (name === 'img') this.picture(attributes);
    if (name === 'li') {
      this.items++;
      this.mark = '- ';
    }
  }

  close(name: string): void {
    this.depth--;
    if (silent.has(name)) this.quiet--;
    if (name === 'pre') this.code--;
    if (name === 'li') this.items--;
    if (name !== 'br') this.part(name);
  }

  text(text: string): void {
    if (this.quiet > 0) return;
    const spaced = this.code > 0 ? text : text.replace(/[\t\n\r ]+/g, ' ');
    const shown = this.code === 0 && this.breaks > 0 ? spaced.trimStart() : spaced;
    if (shown === '') return;
    this.parts.push('\n'.repeat(this.breaks), this.mark, shown);
    this.breaks = 0;
    this.mark = '';
  }

  body(): ArticleBody {
    return { text: this.parts.join(''), pictures: this.pictures };
  }

  /** Bilibili's own pictures come late: the address is in `data-src`. Dividing lines are pictures too, small ones. */
  private picture(attributes: Readonly<Record<string, string>>): void {
    const { src, 'data-src': late, class: kind, width, height, 'data-w': ownWidth, 'data-h': ownHeight } = attributes;
    if (/cut-off|divider/.test(kind ?? '')) this.breaks = 2;
    else
      this.pictures.push(pictureOf(late ?? src, 'content', { width: ownWidth ?? width, height: ownHeight ?? height }));
  }

  /** Paragraphs are parted by an empty line, those within one item of a list by a line break. */
  private part(name: string): void {
    const wanted = blocks.has(name) || headings.test(name) ? (this.items > 0 ? 1 : 2) : lines.has(name) ? 1 : 0;
    this.breaks = Math.max(this.breaks, wanted);
  }
}
