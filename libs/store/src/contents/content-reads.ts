import type { ContentsQuery } from '@vaultstream/contracts';
import type { Database } from '../database/database.ts';
import { toPage } from '../database/page.ts';
import { Prisma } from '../generated/client.ts';
import {
  contentsAfter,
  contentsOrder,
  contentsWhere,
  cursorAfter,
  listedColumns,
  type ListedRow,
} from './content-query.ts';
import { contentColumns, type ContentCardRow, type ContentDetailRow, type SourceRow } from './content-row.ts';
import { readMedia, type Reader } from './media-rows.ts';

/** A detail as Postgres answers it: the times inside the aggregated sources are text. */
type DetailAnswer = Omit<ContentDetailRow, 'media' | 'sources'> & {
  sources: (Omit<SourceRow, 'createdAt'> & { createdAt: string })[];
};

/** Looks at contents. Two statements each, however many rows there are; deleted contents are hidden. */
export class ContentReads {
  constructor(private readonly db: Database) {}

  /**
   * One page of the list, newest first, or in the order that is asked for.
   * @throws InvalidInput for a cursor of another list.
   */
  async list(query: ContentsQuery): Promise<{ items: ContentCardRow[]; next_cursor: string | null }> {
    const where = Prisma.join([contentsWhere(query), contentsAfter(query)], ' AND ');
    return this.db.reading(async (client) => {
      const rows = await client.$queryRaw<ListedRow[]>`
        SELECT ${listedColumns(query)} FROM contents c WHERE ${where} ORDER BY ${contentsOrder(query)} LIMIT ${query.limit + 1}`;
      const page = toPage(
        rows,
        query.limit,
        (row) => row,
        (row) => cursorAfter(query, row),
      );
      const media = await readMedia(
        client,
        page.items.map((row) => row.id),
      );
      return { ...page, items: page.items.map((row) => ({ ...row, media: media.get(row.id) ?? [] })) };
    });
  }

  /** The content that an id stands for, the survivor of a merged one included, with all that belongs to it. */
  async get(id: number): Promise<ContentDetailRow | null> {
    const [row] = await this.getMany([id]);
    return row ?? null;
  }

  /** As `get`, for some ids: in their order, without those that are not there, each content once. */
  async getMany(ids: readonly number[]): Promise<ContentDetailRow[]> {
    return this.db.reading((client) => readDetails(client, ids));
  }

  /** The id of the content that an id stands for; null when there is none. */
  async idOf(id: number): Promise<number | null> {
    const [row] = await this.db.reading(
      (client) => client.$queryRaw<{ id: number }[]>`
        SELECT c.id FROM contents a JOIN contents c ON c.id = coalesce(a.merged_into, a.id)
        WHERE a.id = ${id} AND c.deleted_at IS NULL`,
    );
    return row?.id ?? null;
  }

  /** How many contents bear each tag, the most frequent first. PULLED ones count. */
  async tags(): Promise<{ name: string; count: number }[]> {
    return this.db.reading(
      (client) => client.$queryRaw<{ name: string; count: number }[]>`
        SELECT tag AS name, count(*)::int AS count FROM contents c, unnest(c.tags) AS tag
        WHERE c.status = 'PULLED' AND c.deleted_at IS NULL AND c.merged_into IS NULL
        GROUP BY tag ORDER BY count(*) DESC, tag`,
    );
  }
}

async function readDetails(client: Reader, ids: readonly number[]): Promise<ContentDetailRow[]> {
  const rows = await client.$queryRaw<DetailAnswer[]>`
    WITH asked AS (SELECT coalesce(c.merged_into, c.id) AS id, min(a.place) AS place
                   FROM unnest(${[...ids]}::int[]) WITH ORDINALITY AS a (id, place) JOIN contents c ON c.id = a.id GROUP BY 1)
    SELECT ${contentColumns}, c.body_text AS "bodyText", c.last_error_detail AS "lastErrorDetail",
      c.raw_metadata AS "rawMetadata",
      coalesce((SELECT jsonb_agg(jsonb_build_object('source', s.source, 'tags', s.tags, 'note', s.note,
                                   'clientContext', s.client_context, 'createdAt', s.created_at) ORDER BY s.created_at, s.id)
                FROM content_sources s WHERE s.content_id = c.id), '[]') AS sources
    FROM asked JOIN contents c ON c.id = asked.id WHERE c.deleted_at IS NULL ORDER BY asked.place`;
  const media = await readMedia(
    client,
    rows.map((row) => row.id),
  );
  return rows.map((row) => ({
    ...row,
    media: media.get(row.id) ?? [],
    sources: row.sources.map((source) => ({ ...source, createdAt: new Date(source.createdAt) })),
  }));
}
