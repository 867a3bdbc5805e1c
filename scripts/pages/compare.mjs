/** Quotation marks, dashes and dots of typographers as a keyboard has them, white space collapsed. Null for nothing. */
export function plain(text) {
  if (text === null || text === undefined) return null;
  return String(text)
    .normalize('NFKC')
    .replace(/[\u2018\u2019\u201a\u201b`\u00b4]/g, "'")
    .replace(/[\u201c\u201d\u201e\u00ab\u00bb]/g, '"')
    .replace(/[\u2010-\u2015\u2212]/g, '-')
    .replace(/\s+/g, ' ')
    .trim();
}

const time = (value) => (value === null ? NaN : Date.parse(value));

/**
 * A day that was told without a time: one collection writes noon for it, where we write midnight.
 */
const sameDay = (expected, found) =>
  /T12:00:00(?:\.000)?Z$/.test(expected) && expected.slice(0, 10) === (found ?? '').slice(0, 10);

/** The name in a byline: its first line, without its "By". */
const nameIn = (byline) => plain(byline.trim().split('\n')[0])?.replace(/^by /i, '');

/** By field: whether what was found is what was expected. */
const same = {
  title: (expected, page) => plain(expected) === plain(page.title),
  author: (expected, page) => nameIn(expected) === plain(page.author?.name),
  // What the one collection calls the date is the time of the last change, where a page tells it; we keep both.
  date: (expected, page) =>
    [page.publishedAt, page.modifiedAt].some((found) => time(found) === time(expected) || sameDay(expected, found)),
  description: (expected, page) => plain(expected) === plain(page.description),
  site: (expected, page) => plain(expected) === plain(page.siteName),
};

/** What was found for a field, as a person reads it. */
const shown = {
  title: (page) => page.title,
  author: (page) => page.author?.name ?? null,
  date: (page) => page.publishedAt,
  description: (page) => page.description,
  site: (page) => page.siteName,
};

/** One line a field that the collection expects: whether it matches. Nothing is asked where nothing is expected. */
export function compare(expected, page) {
  return Object.entries(expected)
    .filter(([, value]) => value !== null)
    .map(([field, value]) => ({
      field,
      expected: value,
      found: shown[field](page),
      matches: same[field](value, page),
    }));
}
