/**
 * `npm run pages -- <folder>`: reads pages of other people's collections and prints how often what comes out is what they expect.
 *
 * The folder holds a folder per collection, with a folder per page: `source.html` beside `expected-metadata.json` (the suite of Mozilla's
 * Readability) or `expected.txt` (metascraper's snapshots: a line `url: <address>` and the literal). Both are public.
 * Ends with 1 when fewer match than promised: 95 % of titles, 85 % of authors, dates and descriptions.
 *
 *   --all   every difference, with both values
 */
import { parseArgs } from 'node:util';
import { continueUnderPinnedNode, ensureInstalled, helpIfAsked } from './lib/workspace.mjs';

const usage = `npm run pages -- <folder> [--all]: reads pages of public collections and prints how often what comes out is what they expect.

  <folder>   a folder per collection, with a folder per page
  --all      every difference, with both values`;
helpIfAsked(usage);
const { values, positionals } = parseArgs({ allowPositionals: true, options: { all: { type: 'boolean' } } });
const [folder] = positionals;
if (!folder) {
  console.error(usage);
  process.exit(2);
}
ensureInstalled();
await continueUnderPinnedNode();
const { extractPage } = await import('../libs/platforms/src/web/extract-page.ts');
const { compare } = await import('./pages/compare.mjs');
const { disputed } = await import('./pages/disputed.mjs');
const { readPages } = await import('./pages/expectations.mjs');

/** Percent that must match; of the name of the site nothing is promised. */
const promised = { title: 95, author: 85, date: 85, description: 85, site: 0 };

const pages = readPages(folder);
const results = pages.flatMap(({ collection, name, html, url, expected }) =>
  compare(expected, extractPage(html, url)).map((result) => ({ ...result, page: `${collection}/${name}` })),
);
const percent = (part, whole) => (whole === 0 ? '-' : `${((100 * part) / whole).toFixed(1)} %`);
const rows = Object.entries(promised).map(([field, least]) => {
  const own = results.filter((result) => result.field === field);
  const matching = own.filter(({ matches }) => matches).length;
  const wrong = own.filter(({ matches, page }) => !matches && disputed.has(`${page} ${field}`)).length;
  return {
    field,
    expected: own.length,
    matching,
    'of all': percent(matching, own.length),
    'collection is wrong': wrong,
    'of the rest': percent(matching, own.length - wrong),
    promised: least > 0 ? `${least} %` : '-',
    kept: own.length === 0 || (100 * matching) / own.length >= least,
  };
});
console.log(`${pages.length} pages`);
console.table(rows.map(({ kept, ...row }) => ({ ...row, kept: kept ? 'yes' : 'NO' })));
for (const { page, field, expected, found, matches } of results) {
  if (matches) continue;
  const reason = disputed.get(`${page} ${field}`);
  console.log(`${page} ${field}: ${reason ? `the collection is wrong: ${reason}` : 'differs'}`);
  if (values.all || reason === undefined)
    console.log(`  expected ${JSON.stringify(expected)}\n  found    ${JSON.stringify(found)}`);
}
process.exitCode = rows.every(({ kept }) => kept) ? 0 : 1;
