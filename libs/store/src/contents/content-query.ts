import type { ContentsQuery } from '@vaultstream/contracts';
import { decodeCursor, encodeCursor } from '../database/page.ts';
import { Prisma } from '../generated/client.ts';
import { contentColumns, type ContentRow } from './content-row.ts';
import { toSqlTime } from './pg-time.ts';
import { relevanceOf } from './relevance.ts';
import { foldWidth } from './fold-text.ts';
import { containsPattern, searchWords } from './search-text.ts';

/** The time behind each order: both NOT NULL and indexed together with the id. Of equal relevance, the newest comes first. */
const sortColumns = {
  created_at: Prisma.sql`c.created_at`,
  published_at: Prisma.sql`c.published_sort`,
  relevance: Prisma.sql`c.created_at`,
} as const;

/** A row of the list. `relevance` is there in that order only. */
export type ListedRow = ContentRow & { relevance?: number };

/** The columns of a `ListedRow`. */
export function listedColumns(query: ContentsQuery): Prisma.Sql {
  return query.sort === 'relevance'
    ? Prisma.sql`${contentColumns}, ${relevanceOf(query.q ?? '')} AS relevance`
    : contentColumns;
}

/** Where a page begins: the sort value and id of the last row of the page before. */
export function contentsAfter(query: ContentsQuery): Prisma.Sql {
  if (query.cursor === undefined) return Prisma.sql`TRUE`;
  if (query.sort === 'relevance') {
    const [rank, time, id] = decodeCursor(cursorKind(query), ['int', 'time', 'int'], query.cursor);
    return Prisma.sql`(${relevanceOf(query.q ?? '')}, c.created_at, c.id) < (${rank}::int, ${toSqlTime(time)}::timestamptz, ${id}::int)`;
  }
  const [time, id] = decodeCursor(cursorKind(query), ['time', 'int'], query.cursor);
  return Prisma.sql`(${sortColumns[query.sort]}, c.id) < (${toSqlTime(time)}::timestamptz, ${id}::int)`;
}

/** The cursor that goes on after a row. */
export function cursorAfter(query: ContentsQuery, row: ListedRow): string {
  if (query.sort === 'relevance') return encodeCursor(cursorKind(query), [row.relevance ?? 1, row.createdAt, row.id]);
  return encodeCursor(cursorKind(query), [query.sort === 'created_at' ? row.createdAt : row.publishedSort, row.id]);
}

/** Newest first; by relevance, what fits best and then the newest. */
export function contentsOrder(query: ContentsQuery): Prisma.Sql {
  if (query.sort === 'relevance') return Prisma.sql`relevance DESC, c.created_at DESC, c.id DESC`;
  return Prisma.sql`${sortColumns[query.sort]} DESC, c.id DESC`;
}

/** Every filter of GET /contents as one condition. Deleted and merged contents are never listed. */
export function contentsWhere(query: ContentsQuery): Prisma.Sql {
  const column = sortColumns[query.sort];
  const conditions = [
    Prisma.sql`c.deleted_at IS NULL AND c.merged_into IS NULL`,
    query.status && Prisma.sql`c.status = ${query.status}`,
    query.platform && Prisma.sql`c.platform = ${query.platform}`,
    query.tag && Prisma.sql`c.tags @> ${query.tag}::text[]`,
    query.author && Prisma.sql`c.author_name = ${query.author}`,
    query.source &&
      Prisma.sql`EXISTS (SELECT 1 FROM content_sources s WHERE s.content_id = c.id AND s.source = ${query.source})`,
    query.is_nsfw !== undefined && Prisma.sql`c.is_nsfw = ${query.is_nsfw}`,
    query.since && Prisma.sql`${column} >= ${toSqlTime(new Date(query.since))}::timestamptz`,
    query.until && Prisma.sql`${column} < ${toSqlTime(new Date(query.until))}::timestamptz`,
    // Contents without a date stand at the epoch in this order; they are in no period.
    query.sort === 'published_at' && (query.since || query.until) && Prisma.sql`c.published_at IS NOT NULL`,
    ...wordConditions(query.q ?? ''),
  ];
  return Prisma.join(
    conditions.filter((condition) => condition instanceof Prisma.Sql),
    ' AND ',
  );
}

/**
 * One condition a word. With accents also as the first release folded it, until all of its rows are made anew (`refillSearchTexts`):
 * those with this very spelling are found meanwhile.
 */
function wordConditions(q: string): Prisma.Sql[] {
  const asBefore = searchWords(q, foldWidth);
  return searchWords(q).map((word, index) => {
    const [found, before] = [containsPattern(word), containsPattern(asBefore[index] ?? word)];
    if (found === before) return Prisma.sql`c.search_text LIKE ${found}`;
    return Prisma.sql`(c.search_text LIKE ${found} OR c.search_text LIKE ${before})`;
  });
}

const cursorKind = (query: ContentsQuery): string => `contents.${query.sort}`;
