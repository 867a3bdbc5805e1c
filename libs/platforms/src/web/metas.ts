import { cleanHtmlLine } from '../clean/text.ts';
import type { DomDocument } from './dom.ts';

/** How many metas of a page are read; real pages have fewer than 150. */
const maxMetas = 500;
const maxValue = 20_000;

/** The `meta` elements of a page by lower-case name; several of a name in their order. */
export class Metas {
  private readonly values = new Map<string, string[]>();

  constructor(document: DomDocument) {
    let left = maxMetas;
    for (const element of document.querySelectorAll('meta[content]')) {
      if (left-- <= 0) break;
      const value = (element.getAttribute('content') ?? '').slice(0, maxValue).trim();
      if (value === '') continue;
      for (const attribute of ['property', 'name', 'itemprop', 'http-equiv'])
        // A property may hold several names (RDFa), and `dc.title` is also written `dc:title` and `DCTERMS.title`.
        for (const name of (element.getAttribute(attribute) ?? '').slice(0, 500).split(/\s+/).slice(0, 10))
          if (name !== '')
            this.add(
              `${attribute === 'itemprop' ? 'itemprop:' : ''}${name.toLowerCase().replace(/^(og|article|dc|dcterms?|twitter|parsely|sailthru|book|video|weibo)[.:]/, '$1:')}`,
              value,
            );
    }
  }

  private add(name: string, value: string): void {
    const known = this.values.get(name);
    if (!known) this.values.set(name, [value]);
    else if (known.length < 50 && !known.includes(value)) known.push(value);
  }

  /** All values of these names, as written. */
  all(...names: string[]): string[] {
    return names.flatMap((name) => this.values.get(name) ?? []);
  }

  /** The first value of these names, as written. */
  first(...names: string[]): string | null {
    for (const name of names) {
      const value = this.values.get(name)?.[0];
      if (value !== undefined) return value;
    }
    return null;
  }

  /** The first that has text, as one clean line. */
  line(max: number, ...names: string[]): string | null {
    for (const value of this.all(...names)) {
      const line = cleanHtmlLine(value, max);
      if (line !== null) return line;
    }
    return null;
  }

  /** By name; a single value stands alone. */
  toJSON(): Record<string, string | string[]> {
    return Object.fromEntries(
      [...this.values].map(([name, values]) => [name, values.length === 1 ? (values[0] ?? '') : values]),
    );
  }
}
