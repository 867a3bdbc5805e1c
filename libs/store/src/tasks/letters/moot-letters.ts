import { Prisma } from '../../generated/client.ts';

/** An id in the payload of letter `l`; null where there is none, whatever an earlier release has written there. */
const idIn = (member: string) => Prisma.sql`CASE
  WHEN l.payload->>${member} ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN (l.payload->>${member})::uuid END`;

/**
 * Letters whose replay would find nothing to do, by what has made them moot. The ledger of a merged content lives on with its survivor.
 * A content that was read before and could not be read again is PULLED: its letter says so, and stays.
 */
export const mootLetters: readonly { note: string; where: Prisma.Sql }[] = [
  {
    note: 'its content is gone',
    where: Prisma.sql`l.content_id IS NOT NULL AND NOT EXISTS (
      SELECT 1 FROM contents c WHERE c.id = l.content_id AND c.deleted_at IS NULL AND (c.merged_into IS NULL OR l.name LIKE 'delivery.%'))`,
  },
  {
    note: 'its picture is stored, skipped or gone from the page',
    where: Prisma.sql`l.name = 'media.archive' AND NOT EXISTS (
      SELECT 1 FROM media m JOIN contents c ON c.id = m.content_id
      WHERE m.id = ${idIn('media_id')} AND m.status IN ('pending', 'failed') AND m.parse_generation = c.parse_generation)`,
  },
  {
    note: 'its delivery is sent or cancelled',
    where: Prisma.sql`l.name = 'delivery.send' AND NOT EXISTS (
      SELECT 1 FROM deliveries d WHERE d.id = ${idIn('delivery_id')} AND d.state NOT IN ('sent', 'cancelled', 'deleted'))`,
  },
];
