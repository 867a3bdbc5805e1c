import { Parser } from 'htmlparser2';
import { BadPayload } from '@vaultstream/contracts';

/** Longest HTML that is read: characters. */
const maxHtml = 1_000_000;
/** An editor makes about ten levels. An element that is never closed costs time at each end tag after it. */
const maxDepth = 200;

const blocks = new Set('p div figure blockquote ul ol pre table hr section article h1 h2 h3 h4 h5 h6'.split(' '));
const lines = new Set(['li', 'tr', 'figcaption']);
const silent = new Set(['script', 'style', 'template', 'iframe', 'noscript', 'svg', 'button']);

/** How a platform reads what its HTML says in its own way. */
export interface HtmlReading {
  /**
   * Sees each element that is shown, in order. A string stands in the place of the element and of everything within it; undefined: it is
   * read as usual.
   */
  element?(name: string, attributes: Readonly<Record<string, string>>): string | undefined;
  /** What a link says, by its address and its own words. */
  link?(href: string, words: string): string;
}

/**
 * The text of a piece of HTML: paragraphs parted by an empty line, lines by a break, white space as a browser shows it. Read as a stream:
 * no tree is built of a stranger's page.
 * @throws BadPayload for nesting beyond all reason
 */
export function htmlText(html: string, reading: HtmlReading = {}): string {
  const writer = new Writer(reading);
  const parser = new Parser(
    {
      onopentag: (name, attributes) => writer.open(name, attributes),
      ontext: (text) => writer.text(text),
      onclosetag: (name) => writer.close(name),
    },
    { decodeEntities: true },
  );
  parser.end(html.slice(0, maxHtml));
  return writer.said();
}

class Writer {
  private readonly parts: string[] = [];
  /** Line breaks to write before the next text, and what begins its line. */
  private breaks = 0;
  private mark = '';
  private depth = 0;
  /** The depth at which an element began that is not shown, or stands replaced; 0: none. */
  private hiddenAt = 0;
  private code = 0;
  private items = 0;
  /** Links that are open: their address and where their words begin. */
  private readonly links: { href: string; at: number }[] = [];

  constructor(private readonly reading: HtmlReading) {}

  open(name: string, attributes: Readonly<Record<string, string>>): void {
    if (++this.depth > maxDepth) throw new BadPayload('the HTML is nested too deeply');
    if (this.hiddenAt > 0) return;
    this.part(name);
    const instead = silent.has(name) ? '' : this.reading.element?.(name, attributes);
    if (instead !== undefined) {
      this.write(instead);
      this.hiddenAt = this.depth;
      return;
    }
    if (name === 'pre') this.code++;
    if (name === 'a') this.links.push({ href: attributes['href'] ?? '', at: this.parts.length });
    if (name === 'li') {
      this.items++;
      this.mark = '- ';
    }
  }

  close(name: string): void {
    const depth = this.depth--;
    if (this.hiddenAt > 0) {
      if (depth !== this.hiddenAt) return;
      this.hiddenAt = 0;
    } else {
      if (name === 'pre') this.code--;
      if (name === 'a') this.endLink();
      if (name === 'li') this.items--;
    }
    if (name !== 'br') this.part(name);
  }

  text(text: string): void {
    if (this.hiddenAt > 0) return;
    const spaced = this.code > 0 ? text : text.replace(/[\t\n\r ]+/g, ' ');
    this.write(this.code === 0 && this.breaks > 0 ? spaced.trimStart() : spaced);
  }

  said(): string {
    return this.parts.join('');
  }

  private write(shown: string): void {
    if (shown === '') return;
    this.parts.push((this.parts.length === 0 ? '' : '\n'.repeat(this.breaks)) + this.mark, shown);
    this.breaks = 0;
    this.mark = '';
  }

  private endLink(): void {
    const link = this.links.pop();
    if (!link || !this.reading.link || this.parts.length === link.at) return;
    const [lead = '', ...words] = this.parts.splice(link.at);
    this.parts.push(lead, this.reading.link(link.href, words.join('')));
  }

  /** Paragraphs are parted by an empty line, those within one item of a list by a line break. */
  private part(name: string): void {
    const wanted = blocks.has(name) ? (this.items > 0 ? 1 : 2) : lines.has(name) ? 1 : 0;
    this.breaks = name === 'br' ? Math.min(2, this.breaks + 1) : Math.max(this.breaks, wanted);
  }
}
