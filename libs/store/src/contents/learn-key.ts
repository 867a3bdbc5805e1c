import type { Canonical, Tx } from '@vaultstream/contracts';
import { openTx } from '../database/tx.ts';
import { LostRace, lockContent, lockContentNow, lockContents, lockTasksOf, survivorOf } from './content-locks.ts';
import type { ContentRow } from './content-row.ts';

/** A content and who knows the address that it has learnt, all locked. */
export interface LearntKey {
  /** Null when there is no such content. */
  own: ContentRow | null;
  /** The content that the address is a key of; null when it is nobody's. May be the content itself. */
  owner: ContentRow | null;
  /** The content that is called by the address: the owner, or one that was merged into it; null when there is none. */
  named: ContentRow | null;
  /** The content that the content's own address led to, until it was asked again (`aliasOf`); else null. */
  former: ContentRow | null;
  /**
   * The address was seen to lead to its owner; where nothing was learnt, the content's own to the former one. False for keys of an older
   * release, of which nobody knows that.
   */
  seen: boolean;
}

interface Holder {
  ownerId: number;
  namedId: number | null;
  seen: boolean;
}

/**
 * Locks a content, and with it whoever knows the address that it has learnt, in the order of their ids. They are looked up before any
 * content is locked, because whoever they are decides the order.
 * @throws LostRace when they change meanwhile.
 */
export async function lockWithKey(tx: Tx, contentId: number, key: Canonical | null): Promise<LearntKey> {
  const holder = key === null ? null : await holderOf(tx, key);
  if (key === null || holder === null) {
    const own = await lockContent(tx, contentId);
    const former = await lockFormer(tx, own, []);
    const seen = key === null && own !== null && former !== null && ((await holderOf(tx, nameOf(own)))?.seen ?? false);
    return { own, owner: null, named: null, former, seen };
  }
  const ids = [...new Set([contentId, holder.ownerId, ...(holder.namedId === null ? [] : [holder.namedId])])];
  if (ids.length > 1) await lockTasksOf(tx, ids);
  const rows = await lockContents(tx, ids);
  const rowOf = (id: number | null) => rows.find((row) => row.id === id) ?? null;
  const [own, owner, named] = [rowOf(contentId), rowOf(holder.ownerId), rowOf(holder.namedId)];
  if (!owner || (owner.mergedInto !== null && owner.id !== contentId))
    throw new LostRace(`content ${holder.ownerId} was just merged`);
  const now = await holderOf(tx, key);
  if (now?.ownerId !== holder.ownerId || now.namedId !== holder.namedId)
    throw new LostRace('another content has just learnt this address');
  return { own, owner, named, former: await lockFormer(tx, own, rows), seen: now.seen };
}

/** @param locked What is locked already. */
async function lockFormer(tx: Tx, own: ContentRow | null, locked: readonly ContentRow[]): Promise<ContentRow | null> {
  if (own === null || own.aliasOf === null) return null;
  const id = await survivorOf(tx, own.aliasOf);
  if (id === own.id) return null;
  const former = locked.find((row) => row.id === id) ?? (await lockContentNow(tx, id));
  if (former.mergedInto !== null) throw new LostRace(`content ${id} was just merged`);
  return former;
}

const nameOf = ({ platform, canonicalUrl: url }: ContentRow) => ({ platform, url });

/** Gives a locked content a key that nobody has. @throws LostRace when somebody else has just taken it. */
export async function addKey(tx: Tx, { platform, url }: Canonical, contentId: number): Promise<void> {
  const added = await openTx(tx).$executeRaw`
    INSERT INTO content_keys (platform, key, content_id) VALUES (${platform}, ${url}, ${contentId}) ON CONFLICT DO NOTHING`;
  if (added === 0) throw new LostRace('another content has just learnt this address');
}

/** Gives a key of one locked content to another. @throws LostRace when it is not (any more) the key of that one. */
export async function moveKey(
  tx: Tx,
  { platform, url }: Pick<Canonical, 'platform' | 'url'>,
  { from, to }: { from: number; to: number },
): Promise<void> {
  const moved = await openTx(tx).$executeRaw`
    UPDATE content_keys SET content_id = ${to}
    WHERE platform = ${platform} AND key = ${url} AND content_id = ${from}`;
  if (moved === 0) throw new LostRace('another content has just learnt this address');
}

async function holderOf(tx: Tx, { platform, url }: Pick<Canonical, 'platform' | 'url'>): Promise<Holder | null> {
  const [row] = await openTx(tx).$queryRaw<Holder[]>`
    SELECT k.content_id AS "ownerId", n.id AS "namedId", k.believed_until IS NOT NULL AS seen
    FROM content_keys k LEFT JOIN contents n ON n.platform = k.platform AND n.canonical_url = k.key
    WHERE k.platform = ${platform} AND k.key = ${url}`;
  return row ?? null;
}
