import type { DeadLetterGroup, DeadLetterListQuery, Page } from '@vaultstream/contracts';
import { decodeCursor, encodeCursor, toPage } from '../../database/page.ts';
import { Prisma, type PrismaClient } from '../../generated/client.ts';
import { whereLetters, type LetterGroupQuery } from './letter-filter.ts';

/** Different values of one kind that a group names; the most frequent first. */
const most = 10;

interface GroupRow extends Pick<DeadLetterGroup, 'fingerprint' | 'content' | 'count' | 'contents' | 'error'> {
  key: string;
  tasks: string[];
  errorTypes: string[];
  platforms: string[];
  targets: DeadLetterGroup['targets'];
  exampleId: string;
  firstAt: Date;
  lastAt: Date;
}

/**
 * What fails in the same way, or what belongs to one content. Pages go by what they are sorted by, so a group that grows or shrinks
 * between two of them may be seen twice or missed; what does not change is seen once.
 * @throws InvalidInput for a cursor of another list or order.
 */
export async function groupLetters(client: PrismaClient, query: LetterGroupQuery): Promise<Page<DeadLetterGroup>> {
  const { group_by, sort = 'count' } = query;
  const byContent = group_by === 'content';
  const order = orders[sort];
  const kind = `dead-letter-groups.${group_by}.${sort}`;
  const key = byContent ? Prisma.sql`coalesce(coalesce(c.merged_into, c.id)::text, '')` : Prisma.sql`l.fingerprint`;
  const rows = await client.$queryRaw<GroupRow[]>`
    WITH fitting AS MATERIALIZED (
        SELECT ${key} AS key, l.*, c.platform, coalesce(c.merged_into, c.id) AS survivor
        FROM dead_letters l LEFT JOIN contents c ON c.id = l.content_id
        WHERE ${await whereLetters(client, query, query.state)}),
      groups AS (
        SELECT key, count(*)::int AS count, count(DISTINCT survivor)::int AS contents, min(created_at) AS "firstAt", max(created_at) AS "lastAt"
        FROM fitting GROUP BY key),
      page AS (SELECT * FROM groups WHERE ${order.behind(query.cursor, kind)} ORDER BY ${order.by} LIMIT ${query.limit + 1})
    SELECT p.*, latest.id::text AS "exampleId", latest.error,
      ${byContent ? Prisma.sql`NULL` : Prisma.sql`p.key`} AS fingerprint,
      ${
        byContent
          ? Prisma.sql`(SELECT jsonb_build_object('id', s.id, 'platform', s.platform, 'url', s.canonical_url, 'title', s.title)
              FROM contents s WHERE s.id::text = p.key)`
          : Prisma.sql`NULL::jsonb`
      } AS content,
      ${named(Prisma.sql`f.name`)} AS tasks, ${named(Prisma.sql`f.error_type`)} AS "errorTypes", ${named(Prisma.sql`f.platform`)} AS platforms,
      coalesce((SELECT jsonb_agg(jsonb_build_object('id', t.id, 'key', t.key, 'name', t.name, 'count', n.count) ORDER BY n.count DESC, t.key)
        FROM (SELECT f.target_id, count(*)::int AS count FROM fitting f WHERE f.key = p.key AND f.target_id IS NOT NULL
              GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ${most}::int) AS n JOIN targets t ON t.id = n.target_id), '[]') AS targets
    FROM page p, LATERAL (SELECT id, error FROM fitting f WHERE f.key = p.key ORDER BY created_at DESC, id DESC LIMIT 1) AS latest
    ORDER BY ${order.by}`;
  return toPage(rows, query.limit, toGroup, (row) => encodeCursor(kind, order.cursor(row)));
}

interface Order {
  by: Prisma.Sql;
  cursor(row: GroupRow): [number | Date, string];
  behind(cursor: string | undefined, kind: string): Prisma.Sql;
}

const orders: Record<DeadLetterListQuery['sort'], Order> = {
  count: {
    by: Prisma.sql`count DESC, key DESC`,
    cursor: ({ count, key }) => [count, key],
    behind(cursor, kind) {
      if (cursor === undefined) return Prisma.sql`true`;
      const [count, key] = decodeCursor(kind, ['int', 'word'], cursor);
      return Prisma.sql`(count, key) < (${count}::int, ${key})`;
    },
  },
  recent: {
    by: Prisma.sql`"lastAt" DESC, key DESC`,
    cursor: ({ lastAt, key }) => [lastAt, key],
    behind(cursor, kind) {
      if (cursor === undefined) return Prisma.sql`true`;
      const [lastAt, key] = decodeCursor(kind, ['time', 'word'], cursor);
      return Prisma.sql`("lastAt", key) < (${lastAt.toISOString()}::timestamptz, ${key})`;
    },
  },
};

/** The different values of a column in a group. */
function named(column: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`ARRAY(SELECT ${column} FROM fitting f WHERE f.key = p.key AND ${column} IS NOT NULL
    GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT ${most}::int)`;
}

function toGroup({ key: _, errorTypes, exampleId, firstAt, lastAt, ...row }: GroupRow): DeadLetterGroup {
  return {
    ...row,
    error_types: errorTypes,
    example_id: exampleId,
    first_at: firstAt.toISOString(),
    last_at: lastAt.toISOString(),
  };
}
