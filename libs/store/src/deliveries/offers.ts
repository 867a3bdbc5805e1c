import { type Database } from '../database/database.ts';
import { Prisma } from '../generated/client.ts';

/** What a bot asks for. */
export interface OfferQuery {
  targetKey: string;
  tag?: string | undefined;
  platform?: string | undefined;
  limit: number;
}

interface OfferingTarget {
  id: string;
  /** Contents offered by transactions before this one have a row for the target. As text: xid8. */
  floor: string;
}

/** Contents that the first look walks: a bot that keeps up finds all that is new among them, within a few milliseconds. */
const firstLook = 500;

const newestFirst = Prisma.sql`c.published_sort DESC, c.id DESC`;

/**
 * Ids of the contents that a bot may push to a target: PULLED, and without a row for that target, unless it failed or was
 * cancelled. By `published_at`, newest first, those without one last; then by id.
 */
export async function offerContents(db: Database, query: OfferQuery): Promise<number[]> {
  const target = await findTarget(db, query.targetKey);
  const newest = Prisma.sql`${open(query)} ORDER BY ${newestFirst} LIMIT ${firstLook}::int`;
  const free = await ids(db, Prisma.sql`SELECT * FROM (${newest}) c WHERE ${isFree(target)}`, query.limit);
  // Not enough among the newest: the rest of them.
  return free.length >= query.limit ? free : lookFurther(db, query, target);
}

async function findTarget(db: Database, key: string): Promise<OfferingTarget | undefined> {
  // A floor of the future comes from the dump of another server: it says nothing here.
  const [row] = await db.reading(
    (client) => client.$queryRaw<OfferingTarget[]>`
      SELECT id::text, CASE WHEN offer_floor > pg_snapshot_xmax(pg_current_snapshot()) THEN '0' ELSE offer_floor::text END AS floor
      FROM targets WHERE key = ${key}`,
  );
  return row;
}

/**
 * All contents above the target's floor, and those whose rows do not hide them any more. The floor is given as a value, so that Postgres
 * knows how few they are. When a look without filters finds nothing, everything that had committed by then is known to be hidden, and
 * becomes the new floor in the same statement, hence under the same snapshot; but only when there was much to look at: a bot that asks each
 * minute is no reason to write each minute.
 */
async function lookFurther(db: Database, query: OfferQuery, target: OfferingTarget | undefined): Promise<number[]> {
  if (target === undefined) return ids(db, Prisma.sql`${open(query)} OFFSET 0`, query.limit);
  const whole = query.tag === undefined && query.platform === undefined;
  const rows = await db.reading(
    (client) => client.$queryRaw<{ id: number }[]>`
      WITH free AS MATERIALIZED (
        ${open(query)} AND c.offered_xid >= ${target.floor}::xid8 AND ${isFree(target)}
        UNION
        ${open(query)} AND c.offered_xid < ${target.floor}::xid8 AND c.id IN (
          SELECT content_id FROM deliveries WHERE target_id = ${target.id}::uuid AND state IN ('failed', 'cancelled'))),
      moved AS (
        UPDATE targets SET offer_floor = pg_snapshot_xmin(pg_current_snapshot())
        WHERE id = ${target.id}::uuid AND ${whole}::boolean AND NOT EXISTS (SELECT 1 FROM free)
          AND EXISTS (${open(query)} AND c.offered_xid >= ${target.floor}::xid8 OFFSET ${firstLook}))
      SELECT id FROM free c ORDER BY ${newestFirst} LIMIT ${query.limit}::int`,
  );
  return rows.map((row) => row.id);
}

async function ids(db: Database, among: Prisma.Sql, limit: number): Promise<number[]> {
  const rows = await db.reading(
    (client) => client.$queryRaw<{ id: number }[]>`
      SELECT c.id FROM (${among}) c ORDER BY ${newestFirst} LIMIT ${limit}::int`,
  );
  return rows.map((row) => row.id);
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
function isFree(target: OfferingTarget | undefined): Prisma.Sql {
  if (target === undefined) return Prisma.sql`true`;
  return Prisma.sql`NOT EXISTS (
    SELECT 1 FROM deliveries d WHERE d.content_id = c.id AND d.state NOT IN ('failed', 'cancelled') AND d.target_id = ${target.id}::uuid)`;
}
