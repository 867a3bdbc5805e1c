import { readDate, type ParsedDate } from '../../clean/dates.ts';
import { ofTheText } from './of-the-text.ts';
import type { Facts } from './facts.ts';

const publishedMetas = [
  'article:published_time',
  'article:published',
  'og:published_time',
  'og:article:published_time',
  'itemprop:datepublished',
  'datepublished',
  'parsely:pub-date',
  'parsely-pub-date',
  'sailthru:date',
  'dc:date:issued',
  'dc:date.issued',
  'dc:issued',
  'dcterms:issued',
  'dc:created',
  'dcterms:created',
  'dc:date:created',
  'citation_publication_date',
  'citation_date',
  'cxenseparse:recs:publishtime',
  'rnews:datepublished',
  'vr:published_time',
  'bt:pubdate',
  'publish-date',
  'publish_date',
  'publication_date',
  'publishdate',
  'pubdate',
  'pub_date',
  'published',
  'published-date',
  'originalpublicationdate',
  'displaydate',
  'uploaddate',
  'itemprop:uploaddate',
  'date.published',
  'eomportal-firstpublished',
  'dc:date',
  'dcterms:date',
  'date',
  'dat',
  'itemprop:datecreated',
];
const modifiedMetas = [
  'article:modified_time',
  'article:modified',
  'og:updated_time',
  'itemprop:datemodified',
  'dcterms:modified',
  'dc:modified',
  'last-modified',
  'lastmod',
  'revised',
  'modified_date',
];
/** Elements that hold the date of the text itself; the first that reads as a date counts. */
const visible = [
  '[itemprop~="datePublished" i]',
  'time[pubdate]',
  'time.published[datetime]',
  'time.entry-date[datetime]',
  'article header time[datetime]',
  'article time[datetime]',
  'main time[datetime]',
  'time[datetime]',
  '.published[title]',
  '.dt-published',
  '.entry-date',
  '.post-date',
  '.article-date',
  '.publish-date',
  '.byline-date',
  '.byline time',
  '.date-header',
  '[class~="date" i]',
  '[id="date" i]',
  '[class*="publish" i]',
  '[class*="byline" i]',
];

/** When it was published. Metas and JSON-LD first, the most precise of them; then what the page shows. RFC 3339 in UTC. */
export function publishedOf({ document, metas, ld }: Facts): string | null {
  const declared = [
    ...ld.pick('datePublished'),
    ...ld.pick('uploadDate'),
    ...metas.all(...publishedMetas),
    ...ld.pick('dateCreated'),
  ];
  return best(declared) ?? shown(document);
}

/** When it was last changed, where the page declares it. */
export function modifiedOf({ metas, ld }: Facts): string | null {
  return best([...ld.pick('dateModified'), ...metas.all(...modifiedMetas)]);
}

/** The first date, or a more precise telling of the same day (two days apart at most: zones and day-only values differ by that). */
function best(values: readonly unknown[]): string | null {
  let chosen: ParsedDate | null = null;
  for (const value of values) {
    const date = readDate(value);
    if (!date) continue;
    const near = chosen !== null && Math.abs(date.date.getTime() - chosen.date.getTime()) < 2 * 86_400_000;
    if (!chosen || (near && date.precision > chosen.precision)) chosen = date;
  }
  return chosen?.date.toISOString() ?? null;
}

function shown(document: Facts['document']): string | null {
  for (const selector of visible)
    for (const element of ofTheText(document, selector, 5))
      for (const value of [
        element.getAttribute('datetime'),
        element.getAttribute('content'),
        element.getAttribute('title'),
        element.textContent?.slice(0, 200),
      ]) {
        const date = readDate(value ?? null);
        if (date) return date.date.toISOString();
      }
  return null;
}
