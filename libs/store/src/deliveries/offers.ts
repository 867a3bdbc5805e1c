import { type Database } from '../database/database.ts';
import { Prisma } from '../generated/client.ts';

/** What a bot asks for. */
export interface OfferQuery {
  targetKey: string;
  tag?: string | undefined;
  platform?: string | undefined;
  limit: number;
}

/**
 * Ids of the contents that a bot may push to a target: PULLED, and without a row for that target, unless it failed or was
 * cancelled. By `published_at`, newest first, those without one last; then by id.
 */
export async function offerContents(db: Database, query: OfferQuery): Promise<number[]> {
  const filters = [
    Prisma.sql`c.status = 'PULLED' AND c.deleted_at IS NULL AND c.merged_into IS NULL`,
    ...(query.tag === undefined ? [] : [Prisma.sql`c.tags @> ARRAY[${query.tag}]::text[]`]),
    ...(query.platform === undefined ? [] : [Prisma.sql`c.platform = ${query.platform}`]),
  ];
  const rows = await db.reading(
    (client) => client.$queryRaw<{ id: number }[]>`
      SELECT c.id FROM contents c
      WHERE ${Prisma.join(filters, ' AND ')}
        AND NOT EXISTS (
          SELECT 1 FROM deliveries d JOIN targets t ON t.id = d.target_id
          WHERE d.content_id = c.id AND t.key = ${query.targetKey} AND d.state NOT IN ('failed', 'cancelled'))
      ORDER BY c.published_sort DESC, c.id DESC LIMIT ${query.limit}::int`,
  );
  return rows.map((row) => row.id);
}
