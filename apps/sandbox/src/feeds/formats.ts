import { json, type Answer } from '../server/service.ts';

/** One entry, the newest first in every feed. */
export interface Entry {
  id: string;
  url: string;
  title: string;
  author: string;
  /** RFC 3339. */
  published: string;
}

const title = 'The Sandbox Gazette';
const home = 'https://feeds.example.org/';
const escape = (text: string): string => text.replace(/[<>&"]/g, (character) => `&#${character.codePointAt(0)};`);

const xml = (type: string, body: string): Answer => ({
  status: 200,
  headers: { 'content-type': `application/${type}+xml; charset=utf-8` },
  body: `<?xml version="1.0" encoding="UTF-8"?>\n${body}`,
});

const rssItem = ({ id, url, title: name, author, published }: Entry): string =>
  `<item><title>${escape(name)}</title><link>${escape(url)}</link><guid isPermaLink="false">${escape(id)}</guid>` +
  `<dc:creator>${escape(author)}</dc:creator><pubDate>${new Date(published).toUTCString()}</pubDate></item>`;

/** The same entries in each format, by the last part of the path. */
export const formats: Readonly<Record<string, (entries: readonly Entry[]) => Answer>> = {
  'rss.xml': (entries) =>
    xml(
      'rss',
      `<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>${title}</title><link>${home}</link>` +
        `<description>What is new in the sandbox.</description>${entries.map(rssItem).join('')}</channel></rss>`,
    ),
  'index.rdf': (entries) =>
    xml(
      'rdf',
      `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">` +
        `<channel rdf:about="${home}"><title>${title}</title><link>${home}</link></channel>${entries
          .map(
            ({ url, title: name, author, published }) =>
              `<item rdf:about="${escape(url)}"><title>${escape(name)}</title><link>${escape(url)}</link>` +
              `<dc:creator>${escape(author)}</dc:creator><dc:date>${published}</dc:date></item>`,
          )
          .join('')}</rdf:RDF>`,
    ),
  'atom.xml': (entries) =>
    xml(
      'atom',
      `<feed xmlns="http://www.w3.org/2005/Atom"><title>${title}</title><id>${home}</id><link href="${home}"/>${entries
        .map(
          ({ id, url, title: name, author, published }) =>
            `<entry><id>${escape(id)}</id><title>${escape(name)}</title><link href="${escape(url)}"/>` +
            `<author><name>${escape(author)}</name></author><published>${published}</published><updated>${published}</updated></entry>`,
        )
        .join('')}</feed>`,
    ),
  'feed.json': (entries) =>
    json(
      {
        version: 'https://jsonfeed.org/version/1.1',
        title,
        home_page_url: home,
        items: entries.map(({ id, url, title: name, author, published }) => ({
          id,
          url,
          title: name,
          authors: [{ name: author }],
          date_published: published,
          content_text: name,
        })),
      },
      200,
      { 'content-type': 'application/feed+json; charset=utf-8' },
    ),
};
