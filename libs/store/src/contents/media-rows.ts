import type { Prisma } from '../generated/client.ts';
import type { MediaRow } from './content-row.ts';

/** The part of the Prisma client that reads need: of the process or of a transaction. */
export type Reader = Pick<Prisma.TransactionClient, '$queryRaw'>;

/** The media of some contents with their blobs and variants, in the order of the page. One statement. */
export async function readMedia(client: Reader, contentIds: readonly number[]): Promise<Map<number, MediaRow[]>> {
  const rows = await client.$queryRaw<MediaRow[]>`
    SELECT m.id, m.content_id AS "contentId", m.position, m.kind, m.role, m.origin_url AS "originUrl", m.status, m.error,
      m.error_type AS "errorType", m.blob_sha256 AS "blobSha256", b.key AS "blobKey", b.mime, b.size, b.width, b.height,
      coalesce((SELECT jsonb_agg(jsonb_build_object('preset', v.preset, 'key', vb.key) ORDER BY v.preset)
                FROM blob_variants v JOIN blobs vb ON vb.sha256 = v.blob_sha256
                WHERE v.original_sha256 = m.original_sha256 AND v.blob_sha256 <> m.blob_sha256), '[]') AS variants
    FROM media m LEFT JOIN blobs b ON b.sha256 = m.blob_sha256
    WHERE m.content_id = ANY (${[...contentIds]}::int[]) ORDER BY m.content_id, m.position`;
  return Map.groupBy(rows, (row) => row.contentId);
}
