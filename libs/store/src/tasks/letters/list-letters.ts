import type { DeadLetterView, Page } from '@vaultstream/contracts';
import { decodeCursor, encodeCursor, toPage } from '../../database/page.ts';
import { Prisma, type PrismaClient } from '../../generated/client.ts';
import { whereLetters, type LetterQuery } from './letter-filter.ts';
import { letterColumns, letterTables, toLetterView, type LetterRow } from './letter-row.ts';

/** Newest first. @throws InvalidInput for a cursor of another list. */
export async function listLetters(client: PrismaClient, query: LetterQuery): Promise<Page<DeadLetterView>> {
  const after = query.cursor === undefined ? null : decodeCursor('dead-letters', ['time', 'uuid'], query.cursor);
  const behind =
    after && Prisma.sql`AND (l.created_at, l.id) < (${after[0].toISOString()}::timestamptz, ${after[1]}::uuid)`;
  const rows = await client.$queryRaw<LetterRow[]>`
    SELECT ${letterColumns} FROM ${letterTables}
    WHERE ${await whereLetters(client, query, query.state)} ${behind ?? Prisma.empty}
    ORDER BY l.created_at DESC, l.id DESC LIMIT ${query.limit + 1}`;
  return toPage(rows, query.limit, toLetterView, (row) => encodeCursor('dead-letters', [row.createdAt, row.id]));
}
