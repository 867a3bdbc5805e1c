import { parseHTML } from 'linkedom';
import type { DomDocument } from './dom.ts';

/** A DOM without scripts, network or layout. */
export interface OpenDocument {
  document: DomDocument;
  /** Against what relative addresses count: `<base href>` or the page's own address. */
  base: string;
}

/**
 * Builds a DOM. The parser does not add the `html`, `head` and `body` elements that a page may leave out, and what follows needs them,
 * so a page without them is wrapped and parsed again.
 */
export function openDocument(html: string, url: string): OpenDocument {
  let document = parse(html);
  if (document.documentElement?.localName !== 'html' || !document.querySelector('body')) {
    const headEnd = /<body[\s>]/i.test(html) ? '' : '<body>';
    document = parse(
      `<!doctype html><html><head></head>${headEnd}${html.replace(/<\/?(?:html|!doctype)[^<>]*>/gi, '')}</html>`,
    );
  }
  const declared = document.querySelector('base[href]')?.getAttribute('href') ?? '';
  const base = URL.parse(declared.trim(), url);
  return { document, base: base?.protocol === 'http:' || base?.protocol === 'https:' ? base.href : url };
}

function parse(html: string): DomDocument {
  const { document } = parseHTML(html) as { document: DomDocument };
  return document;
}
