import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';

/** One page with what its collection expects: a text, or null for "there is none"; a field that the collection does not know is undefined. */

/** What both collections call the same: field of ours, name in Readability's collection, name in metascraper's. */
const fields = [
  ['title', 'title', 'title'],
  ['author', 'byline', 'author'],
  ['date', 'publishedTime', 'date'],
  ['description', 'excerpt', 'description'],
  ['site', 'siteName', 'publisher'],
];

/** Reads a folder with a folder per collection: `<collection>/<page>/source.html` and `expected-metadata.json` or `expected.txt`. */
export function readPages(root) {
  return readdirSync(root).flatMap((collection) =>
    readdirSync(join(root, collection)).flatMap((name) => {
      const folder = join(root, collection, name);
      const html = join(folder, 'source.html');
      return existsSync(html) ? [{ name, collection, html: readFileSync(html, 'utf8'), ...expectedIn(folder) }] : [];
    }),
  );
}

function expectedIn(folder) {
  const json = join(folder, 'expected-metadata.json');
  // Readability's own suite reads every page under this address.
  if (existsSync(json))
    return { url: 'http://fakehost/test/page.html', expected: named(JSON.parse(readFileSync(json, 'utf8')), 1) };
  const [, url, literal] = /^url: (\S+)\s+([\s\S]*)$/.exec(readFileSync(join(folder, 'expected.txt'), 'utf8')) ?? [];
  // A snapshot of a test runner: a literal, evaluated where it can reach nothing.
  const values = JSON.parse(runInNewContext(`JSON.stringify(${literal})`, Object.create(null), { timeout: 1_000 }));
  return { url, expected: named(values, 2) };
}

function named(values, column) {
  return Object.fromEntries(fields.map((names) => [names[0], values[names[column]] ?? null]));
}
