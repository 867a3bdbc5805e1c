import { NoFeed } from './no-feed.ts';

/** How far into a text its kind shows: characters. */
const headLength = 4_000;
/** Names that a writer of feeds declares on the root; thousands of them are an attack. */
const maxRootLength = 20_000;

/** True for a text that begins as a feed does: RSS, RDF with RSS in it, Atom, JSON Feed. */
export function looksLikeFeed(text: string): boolean {
  const head = text
    .slice(0, headLength)
    .replace(/^\uFEFF/, '')
    .trimStart();
  if (head.startsWith('{')) return /"version"\s*:\s*"https?:\\?\/\\?\/jsonfeed\.org\\?\/version\\?\//.test(head);
  const root = /<(?![?!])([a-z][\w:.-]*)[\s>]/i.exec(head.replace(/<!--[\s\S]*?-->/g, ''))?.[1]?.toLowerCase();
  return (
    root === 'rss' ||
    root === 'feed' ||
    root?.endsWith(':feed') === true ||
    (root === 'rdf:rdf' && /purl\.org\/rss\/1\.0|my\.netscape\.com\/rdf/.test(text.slice(0, maxRootLength)))
  );
}

/**
 * XML as it may be parsed: without a document type. One that declares anything of its own (an entity, an outer file) is an attack or a
 * mistake; a bare name, as RSS 0.91 has it, is only left out.
 * @throws NoFeed
 */
export function withoutDoctype(xml: string): string {
  const at = xml.search(/<!DOCTYPE/i);
  if (/<!(?:ENTITY|ELEMENT|ATTLIST|NOTATION)/i.test(at < 0 ? '' : xml.slice(at, at + maxRootLength)))
    throw new NoFeed('the feed declares entities of its own');
  if (at < 0) return xml;
  const end = xml.indexOf('>', at);
  const doctype = end < 0 ? '' : xml.slice(at, end + 1);
  if (doctype === '' || doctype.includes('[') || doctype.length > headLength)
    throw new NoFeed('the feed has a document type that declares things');
  return xml.slice(0, at) + xml.slice(end + 1);
}

/** A tag with more than so many attributes is an attack on the parser, which looks each of them up. */
const maxAttributes = 500;

/** @throws NoFeed for a tag with hundreds of attributes */
export function refuseMonsters(xml: string): void {
  for (const [tag] of xml.matchAll(/<[a-z][^<>]{4000,}/gi))
    if ((tag.match(/=\s*["']/g)?.length ?? 0) > maxAttributes) throw new NoFeed('the feed has a tag without measure');
}

/** XML up to its first `count` entries, so that nobody has to parse the others. */
export function firstEntries(xml: string, count: number): string {
  const ends = /<\/(?:item|entry)\s*>/g;
  let end = 0;
  for (let met = 0; met < count; met++) {
    if (!ends.test(xml)) return xml;
    end = ends.lastIndex;
  }
  return upToLastEntry(xml.slice(0, end)) ?? xml;
}

/** XML that was cut, or is broken behind some entry, up to its last whole entry; null when there is none. */
export function upToLastEntry(xml: string): string | null {
  const root = /<(rss|rdf:RDF|feed)[\s>]/.exec(xml.slice(0, maxRootLength))?.[1];
  if (root === undefined) return null;
  const end = root === 'feed' ? '</entry>' : '</item>';
  const last = xml.lastIndexOf(end);
  if (last < 0) return null;
  return `${xml.slice(0, last + end.length)}${root === 'rss' ? '</channel>' : ''}</${root}>`;
}
