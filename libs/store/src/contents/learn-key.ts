import type { Canonical, Tx } from '@vaultstream/contracts';
import { openTx } from '../database/tx.ts';
import { adoptName } from './adopt-name.ts';
import { LostRace, lockContent, lockContents, lockTasksOf } from './content-locks.ts';
import type { ContentRow } from './content-row.ts';

/**
 * Locks a content and gives it a further key, or finds out who owns that key: then both are locked, in the order of their ids.
 * The owner is looked up before any content is locked, because whoever it is decides the order. A key that names the content becomes its
 * canonical URL (`adoptName`).
 * @throws LostRace when the owner changes meanwhile.
 */
export async function lockWithKey(
  tx: Tx,
  contentId: number,
  key: Canonical | null,
): Promise<{ own: ContentRow | null; owner: ContentRow | null }> {
  const ownerId = key === null ? contentId : await ownerOf(tx, key);
  if (ownerId !== null && ownerId !== contentId) return lockBoth(tx, contentId, ownerId);
  const own = await lockContent(tx, contentId);
  const wanted = key !== null && ownerId === null && own !== null && own.mergedInto === null && own.deletedAt === null;
  if (!wanted) return { own, owner: null };
  // The content first, then the key: as a first share writes them, so that the two wait for each other in one order.
  const renamed = await adoptName(tx, own, key);
  if (!(await addKey(tx, key, contentId))) throw new LostRace(`another content has just learnt this link`);
  return { own: renamed, owner: null };
}

async function lockBoth(tx: Tx, contentId: number, ownerId: number) {
  await lockTasksOf(tx, [contentId, ownerId]);
  const rows = await lockContents(tx, [contentId, ownerId]);
  const owner = rows.find((row) => row.id === ownerId) ?? null;
  if (!owner || owner.mergedInto !== null) throw new LostRace(`content ${ownerId} was just merged`);
  return { own: rows.find((row) => row.id === contentId) ?? null, owner };
}

async function ownerOf(tx: Tx, { platform, url }: Canonical): Promise<number | null> {
  const [row] = await openTx(tx).$queryRaw<{ contentId: number }[]>`
    SELECT content_id AS "contentId" FROM content_keys WHERE platform = ${platform} AND key = ${url}`;
  return row?.contentId ?? null;
}

/** False when another content owns the key. */
async function addKey(tx: Tx, { platform, url }: Canonical, contentId: number): Promise<boolean> {
  const added = await openTx(tx).$queryRaw<unknown[]>`
    INSERT INTO content_keys (platform, key, content_id) VALUES (${platform}, ${url}, ${contentId})
    ON CONFLICT DO NOTHING RETURNING 1`;
  return added.length > 0;
}
