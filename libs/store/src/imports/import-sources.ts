import type { Tx } from '@vaultstream/contracts';
import { toSqlTime } from '../contents/pg-time.ts';
import { uniteTags } from '../contents/tags.ts';
import { toJson } from '../database/json.ts';
import { openTx } from '../database/tx.ts';
import type { ImportedSource } from './imported.ts';

/** Adds the shares that are not here yet, with their times. Answers how many there were. */
export async function addSources(tx: Tx, contentId: number, sources: readonly ImportedSource[]): Promise<number> {
  const rows = toJson(
    sources.map((source) => ({
      id: source.id,
      url: source.url,
      source: source.source,
      tags: uniteTags([], source.tags),
      note: source.note,
      client_context: source.clientContext,
      created_at: toSqlTime(source.createdAt),
    })),
  );
  return openTx(tx).$executeRaw`
    INSERT INTO content_sources (id, content_id, url, source, tags, note, client_context, created_at)
    SELECT s.id, ${contentId}, s.url, s.source, ARRAY(SELECT jsonb_array_elements_text(s.tags)), s.note, s.client_context, s.created_at
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      AS s(id uuid, url text, source text, tags jsonb, note text, client_context jsonb, created_at timestamptz)
    ON CONFLICT (id) DO NOTHING`;
}
