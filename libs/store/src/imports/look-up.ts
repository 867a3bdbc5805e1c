import type { Tx } from '@vaultstream/contracts';
import { lockContent, LostRace } from '../contents/content-locks.ts';
import type { ContentRow } from '../contents/content-row.ts';
import type { Reader } from '../contents/media-rows.ts';
import { openTx } from '../database/tx.ts';
import type { ImportedContent, ImportStanding } from './imported.ts';

type Named = Pick<ImportedContent, 'names' | 'identities' | 'sources'>;

interface Found {
  /** Who owns the foremost of the identifying names. */
  owner: number | null;
  deleted: boolean;
  /** Whether one of the source rows was imported before. */
  known: boolean;
}

/** How each content stands to what is here, without any lock: to decide what is worth reading, and for a dry run. */
export async function standingsOf(client: Reader, contents: readonly Named[]): Promise<ImportStanding[]> {
  return (await lookUp(client, contents)).map(standing);
}

/** The content that this one is here, locked until the transaction ends. @throws LostRace when it is merged meanwhile. */
export async function lockOwner(tx: Tx, content: Named): Promise<{ row: ContentRow | null; standing: ImportStanding }> {
  const [found] = await lookUp(openTx(tx), [content]);
  if (!found || found.owner === null) return { row: null, standing: 'new' };
  const row = await lockContent(tx, found.owner);
  if (!row || row.mergedInto !== null) throw new LostRace(`content ${found.owner} was just merged`);
  return { row, standing: standing({ ...found, deleted: row.deletedAt !== null }) };
}

function standing({ owner, deleted, known }: Found): ImportStanding {
  if (owner === null) return 'new';
  if (deleted) return 'deleted';
  return known ? 'known' : 'merge';
}

/** One statement however many there are. */
async function lookUp(client: Reader, contents: readonly Named[]): Promise<Found[]> {
  const asked = contents.map(({ names, identities, sources }, at) => {
    return { at, names: names.slice(0, identities), sources: sources.map(({ id }) => id) };
  });
  return client.$queryRaw<Found[]>`
    SELECT o.content_id AS owner, coalesce(c.deleted_at IS NOT NULL, false) AS deleted,
      EXISTS (SELECT 1 FROM jsonb_array_elements_text(a.sources) AS wanted(source_id)
              JOIN content_sources s ON s.id = wanted.source_id::uuid) AS known
    FROM jsonb_to_recordset(${JSON.stringify(asked)}::jsonb) AS a(at int, names jsonb, sources jsonb)
    LEFT JOIN LATERAL (
      SELECT k.content_id FROM jsonb_array_elements(a.names) WITH ORDINALITY AS n(name, place)
      JOIN content_keys k ON k.platform = n.name ->> 'platform' AND k.key = n.name ->> 'key'
      ORDER BY n.place LIMIT 1) o ON true
    LEFT JOIN contents c ON c.id = o.content_id
    ORDER BY a.at`;
}
