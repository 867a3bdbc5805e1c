import { type Database } from '../database/database.ts';
import { Prisma } from '../generated/client.ts';

/** What a bot asks for. */
export interface OfferQuery {
  targetKey: string;
  tag?: string | undefined;
  platform?: string | undefined;
  limit: number;
}

/** Contents that the first look walks: a bot that keeps up finds all that is new among them, within a few milliseconds. */
const firstLook = 500;

const newestFirst = Prisma.sql`c.published_sort DESC, c.id DESC`;

/**
 * Ids of the contents that a bot may push to a target: PULLED, and without a row for that target, unless it failed or was
 * cancelled. By `published_at`, newest first, those without one last; then by id.
 */
export async function offerContents(db: Database, query: OfferQuery): Promise<number[]> {
  const newest = Prisma.sql`${open(query)} ORDER BY ${newestFirst} LIMIT ${firstLook}::int`;
  const free = await look(db, query, Prisma.sql`SELECT * FROM (${newest}) c WHERE ${isFree(query)}`);
  if (free.length >= query.limit) return free;
  // Not enough among the newest: Postgres compares whole sets then. OFFSET 0 keeps it from walking one by one in hope of an early stop.
  return look(db, query, Prisma.sql`${open(query)} AND ${isFree(query)} OFFSET 0`);
}

function look(db: Database, query: OfferQuery, among: Prisma.Sql): Promise<number[]> {
  return db.reading(async (client) => {
    const rows = await client.$queryRaw<{ id: number }[]>`
      SELECT c.id FROM (${among}) c ORDER BY ${newestFirst} LIMIT ${query.limit}::int`;
    return rows.map((row) => row.id);
  });
}

function open(query: OfferQuery): Prisma.Sql {
  const filters = [
    Prisma.sql`c.status = 'PULLED' AND c.deleted_at IS NULL AND c.merged_into IS NULL`,
    ...(query.tag === undefined ? [] : [Prisma.sql`c.tags @> ARRAY[${query.tag}]::text[]`]),
    ...(query.platform === undefined ? [] : [Prisma.sql`c.platform = ${query.platform}`]),
  ];
  return Prisma.sql`SELECT c.id, c.published_sort FROM contents c WHERE ${Prisma.join(filters, ' AND ')}`;
}

/** The target has no row for the content `c` that hides it. */
function isFree({ targetKey }: OfferQuery): Prisma.Sql {
  return Prisma.sql`NOT EXISTS (
    SELECT 1 FROM deliveries d WHERE d.content_id = c.id AND d.state NOT IN ('failed', 'cancelled')
      AND d.target_id = (SELECT id FROM targets WHERE key = ${targetKey}))`;
}
