import { createHash } from 'node:crypto';
import type { Tx } from '@vaultstream/contracts';
import { openTx } from '../database/tx.ts';
import { Prisma } from '../generated/client.ts';
import { foldText } from './fold-text.ts';

/** The fields that search looks at, as they are named in events. */
export const searchedFields = ['title', 'description', 'author', 'tags', 'site_name', 'body_text'] as const;
export type SearchedField = (typeof searchedFields)[number];

interface SearchedRow {
  title: string | null;
  description: string | null;
  author: string | null;
  tags: string[];
  site_name: string | null;
  body_text: string | null;
}

/** Begins `search_hash`: raised with every change of how `search_text` is made, so that older rows are found and made anew. */
const searchVersion = 'v2:';
/** Stands between the three sections of a search text, and never inside one: RECORD SEPARATOR. */
const sectionMark = '\u001e';

/** The words of a query, folded: all of them must occur. */
export function searchWords(query: string, fold = foldText): string[] {
  return fold(withoutMark(query))
    .split(/\s+/u)
    .filter((word) => word !== '');
}

/** A LIKE pattern that finds `word` anywhere, with `%`, `_` and `\` taken as they stand. */
export function containsPattern(word: string): string {
  return `%${word.replace(/[\\%_]/g, '\\$&')}%`;
}

/**
 * What `contents.search_text` and `search_hash` hold for these values. The text has three sections, folded: the title; author and tags;
 * the rest. The hash is its version and SHA-256, hex.
 */
export function searchIndex(row: SearchedRow): { text: string; hash: string } {
  const sections = [[row.title], [row.author, ...row.tags], [row.description, row.site_name, row.body_text]];
  const text = sections
    .map((parts) => foldText(withoutMark(parts.filter((part) => part !== null).join('\n'))))
    .join(sectionMark);
  return { text, hash: searchVersion + createHash('sha256').update(text).digest('hex') };
}

/** True for a row of `contents c` whose search text was made in an older way. */
export const isOutdatedText = Prisma.sql`(c.search_hash IS NULL OR NOT starts_with(c.search_hash, ${searchVersion}))`;

/** The title (1), or author and tags (2), of a row of `contents c` as they stand in its search text. */
export const searchSection = (section: 1 | 2): Prisma.Sql =>
  Prisma.sql`split_part(c.search_text, ${sectionMark}, ${section}::int)`;

const withoutMark = (text: string): string => text.replaceAll(sectionMark, ' ');

/**
 * Runs a write on a locked content and brings its search text up to date. Answers which searched fields it changed, for the
 * event that goes with the write.
 */
export async function keepSearchable(tx: Tx, id: number, write: () => Promise<unknown>): Promise<SearchedField[]> {
  const before = await readSearched(tx, id);
  await write();
  const after = await readSearched(tx, id);
  const changed = searchedFields.filter((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]));
  if (changed.length > 0) {
    const { text, hash } = searchIndex(after);
    await openTx(tx).$executeRaw`UPDATE contents SET search_text = ${text}, search_hash = ${hash} WHERE id = ${id}`;
  }
  return changed;
}

/**
 * Makes the search texts of up to `size` contents behind `behindId` anew that were made in an older way: small transactions, while everybody
 * goes on reading and writing. Rows that somebody holds are left for the next time. Answers how many it made and behind which to go on, null
 * at the end.
 */
export async function refillSearchTexts(
  tx: Tx,
  behindId: number,
  size: number,
): Promise<{ made: number; behindId: number | null }> {
  const client = openTx(tx);
  const rows = await client.$queryRaw<(SearchedRow & { id: number })[]>`
    SELECT c.id, c.title, c.description, c.author_name AS author, c.tags, c.site_name, c.body_text FROM contents c
    WHERE c.id > ${behindId}::int AND c.purged_at IS NULL AND ${isOutdatedText} ORDER BY c.id LIMIT ${size}::int
    FOR UPDATE SKIP LOCKED`;
  const last = rows.at(-1);
  if (last === undefined) return { made: 0, behindId: null };
  const made = rows.map((row) => ({ id: row.id, ...searchIndex(row) }));
  await client.$executeRaw`
    UPDATE contents c SET search_text = made.text, search_hash = made.hash
    FROM unnest(${made.map(({ id }) => id)}::int[], ${made.map(({ text }) => text)}::text[], ${made.map(({ hash }) => hash)}::text[])
      AS made(id, text, hash)
    WHERE c.id = made.id`;
  return { made: rows.length, behindId: last.id };
}

async function readSearched(tx: Tx, id: number): Promise<SearchedRow> {
  const [row] = await openTx(tx).$queryRaw<SearchedRow[]>`
    SELECT title, description, author_name AS author, tags, site_name, body_text FROM contents WHERE id = ${id}`;
  if (!row) throw new Error(`content ${id} is gone although it is locked`);
  return row;
}
