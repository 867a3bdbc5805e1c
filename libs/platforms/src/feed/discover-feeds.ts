import { Parser } from 'htmlparser2';
import { httpUrl } from '../clean/http-url.ts';

/** How much of a page is read: feeds are named in its head. Characters. */
const maxHtml = 1_000_000;
const maxFeeds = 20;
/** An element that is never closed costs time at each end tag after it; in a head hardly one is in another. */
const maxDepth = 200;
const types = /^application\/(?:rss\+xml|atom\+xml|rdf\+xml|feed\+json)$/;

/** The feeds that a page names by `rel=alternate`, in its order: absolute addresses. Read as a stream, without a tree; run it in the child. */
export function discoverFeeds(html: string, url: string): string[] {
  const found = new Set<string>();
  let base = url;
  let depth = 0;
  const parser = new Parser({
    onclosetag: () => void depth--,
    onopentag(name, { rel = '', type = '', href }) {
      if (name === 'base') base = httpUrl(href, url) ?? base;
      if (name === 'body' || ++depth > maxDepth) parser.pause();
      if (name !== 'link' || found.size >= maxFeeds) return;
      const named =
        rel.toLowerCase().split(/\s+/).includes('alternate') &&
        types.test(type.toLowerCase().split(';', 1)[0]?.trim() ?? '');
      const address = named ? httpUrl(href, base) : null;
      if (address !== null) found.add(address);
    },
  });
  parser.write(html.slice(0, maxHtml));
  return [...found];
}
