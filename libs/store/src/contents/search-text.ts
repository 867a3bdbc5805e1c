import { createHash } from 'node:crypto';
import type { Tx } from '@vaultstream/contracts';
import { openTx } from '../database/tx.ts';

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

/** One spelling for what is stored and for what is asked: Unicode NFKC, lower case. */
export function foldText(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}

/** The words of a query, folded: all of them must occur. */
export function searchWords(query: string): string[] {
  return foldText(query)
    .split(/\s+/u)
    .filter((word) => word !== '');
}

/** A LIKE pattern that finds `word` anywhere, with `%`, `_` and `\` taken as they stand. */
export function containsPattern(word: string): string {
  return `%${word.replace(/[\\%_]/g, '\\$&')}%`;
}

/** What `contents.search_text` and `search_hash` hold for these values. The hash is SHA-256, hex. */
export function searchIndex(row: SearchedRow): { text: string; hash: string } {
  const parts = [row.title, row.description, row.author, ...row.tags, row.site_name, row.body_text];
  const text = foldText(parts.filter((part) => part !== null).join('\n'));
  return { text, hash: createHash('sha256').update(text).digest('hex') };
}

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

async function readSearched(tx: Tx, id: number): Promise<SearchedRow> {
  const [row] = await openTx(tx).$queryRaw<SearchedRow[]>`
    SELECT title, description, author_name AS author, tags, site_name, body_text FROM contents WHERE id = ${id}`;
  if (!row) throw new Error(`content ${id} is gone although it is locked`);
  return row;
}
