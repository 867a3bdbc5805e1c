import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ownPages } from './own-pages.ts';

/**
 * Links with which a page names another address than the one that it is served at here: they would have it ask a site that is not there, and
 * make one content of copies that are to be read each by itself.
 */
const linksAway =
  /<link\b[^>]*(?:rel=["']?(?:canonical|amphtml)|json\+oembed|xml\+oembed)[^>]*>|<meta\b[^>]*og:url[^>]*>/gi;

/**
 * The pages to read: every `.html` below the folder, without its links away, or our own where none is named.
 * @throws Error when there is none
 */
export async function readPages(folder: string | undefined): Promise<string[]> {
  if (folder === undefined) return ownPages();
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.html')).sort();
  if (names.length === 0) throw new Error(`--pages: there is no .html below ${folder}`);
  return Promise.all(names.map(async (name) => (await readFile(join(folder, name), 'utf8')).replace(linksAway, '')));
}
