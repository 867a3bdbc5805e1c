import type { DeadLetterFilter, DeadLetterListQuery } from '@vaultstream/contracts';
import { namesOf } from '../../contents/content-names.ts';
import { toSqlTime } from '../../contents/pg-time.ts';
import { Prisma, type PrismaClient } from '../../generated/client.ts';

/** What a list is asked for; open letters unless it says otherwise. */
export type LetterQuery = DeadLetterFilter &
  Pick<DeadLetterListQuery, 'limit' | 'cursor'> &
  Partial<Pick<DeadLetterListQuery, 'state' | 'sort'>>;

/** As `LetterQuery`, for groups; the largest first unless it says otherwise. */
export type LetterGroupQuery = LetterQuery & { group_by: 'fingerprint' | 'content' };

/** Letters that nobody has dealt with. */
export const isOpen = Prisma.sql`l.replayed_at IS NULL AND l.discarded_at IS NULL`;

const states: Record<DeadLetterListQuery['state'], Prisma.Sql> = {
  open: isOpen,
  replayed: Prisma.sql`l.replayed_at IS NOT NULL`,
  discarded: Prisma.sql`l.replayed_at IS NULL AND l.discarded_at IS NOT NULL`,
  any: Prisma.sql`true`,
};

/**
 * The condition on `dead_letters l` that a filter is: one for lists, groups and bulk actions, so that what is shown is what is done.
 * A merged content stands for its survivor, and the survivor for what was merged into it.
 */
export async function whereLetters(
  client: PrismaClient,
  filter: DeadLetterFilter,
  state: DeadLetterListQuery['state'] = 'open',
): Promise<Prisma.Sql> {
  const { fingerprint, task, queue, error_type, reason, content_id, target_id, platform, since, until } = filter;
  const conditions = [states[state]];
  if (fingerprint !== undefined) conditions.push(Prisma.sql`l.fingerprint = ${fingerprint}`);
  if (task !== undefined) conditions.push(Prisma.sql`l.name = ${task}`);
  if (queue !== undefined) conditions.push(Prisma.sql`l.queue = ${queue}`);
  if (error_type !== undefined) conditions.push(Prisma.sql`l.error_type = ${error_type}`);
  if (reason !== undefined) conditions.push(Prisma.sql`l.reason = ${reason}`);
  if (target_id !== undefined) conditions.push(Prisma.sql`l.target_id = ${target_id}::uuid`);
  if (since !== undefined) conditions.push(Prisma.sql`l.created_at >= ${toSqlTime(new Date(since))}::timestamptz`);
  if (until !== undefined) conditions.push(Prisma.sql`l.created_at < ${toSqlTime(new Date(until))}::timestamptz`);
  if (platform !== undefined)
    conditions.push(
      Prisma.sql`EXISTS (SELECT 1 FROM contents f WHERE f.id = l.content_id AND f.platform = ${platform})`,
    );
  if (content_id !== undefined)
    conditions.push(Prisma.sql`l.content_id = ANY(${await namesOf(client, content_id)}::int[])`);
  return Prisma.join(conditions, ' AND ');
}

/** How many different failures the open letters of each queue are; queues without any are not named. */
export function countKinds(client: PrismaClient): Promise<{ queue: string; kinds: number }[]> {
  return client.$queryRaw`
    SELECT queue, count(DISTINCT fingerprint)::int AS kinds FROM dead_letters l WHERE ${isOpen} GROUP BY queue`;
}

/** How many letters fit. */
export async function countLetters(client: PrismaClient, where: Prisma.Sql): Promise<number> {
  const [row] = await client.$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS count FROM dead_letters l WHERE ${where}`;
  return row?.count ?? 0;
}
