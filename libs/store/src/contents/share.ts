import { v7 as uuidv7 } from 'uuid';
import { defaultPriority, InvalidInput } from '@vaultstream/contracts';
import type { Canonical, ContentStatus, NewEvent, TaskLog, Tx } from '@vaultstream/contracts';
import { currentContext } from '@vaultstream/runtime';
import { toJson } from '../database/json.ts';
import { openTx } from '../database/tx.ts';
import type { RuleFacts } from '../rules/rule-facts.ts';
import { Events } from '../events/events.ts';
import { LostRace, lockContentNow } from './content-locks.ts';
import { contentColumns, type ContentRow } from './content-row.ts';
import { isIndexable, maxIndexedUrlBytes } from './indexed-url.ts';
import { moveKey } from './learn-key.ts';
import { appendParses, appendPlan, ensureParseTask } from './parse-task.ts';
import { planIfChanged } from './plan-again.ts';
import { requeueDamaged, showsDamage } from './requeue-damaged.ts';
import { keepSearchable, searchIndex, type SearchedField } from './search-text.ts';
import { statusWhenShared } from './share-status.ts';
import { uniteTags } from './tags.ts';
import { unmergeLocked } from './unmerge.ts';

/** One share, already canonicalised and checked. */
export interface Share {
  canonical: Canonical;
  /** As typed, or the URL found in what was typed. */
  url: string;
  tags: string[];
  source?: string | undefined;
  note?: string | undefined;
  clientContext?: Record<string, unknown> | undefined;
  isNsfw?: boolean | undefined;
  /** 1 (first) to 10 (last); 5 where nothing is said. */
  priority?: number | undefined;
  /** False while archiving is switched off: damaged pictures are not fetched again. */
  archiving?: boolean | undefined;
}

/** What is known of a shared content without looking further; its text may be long, and is left out. */
export interface SharedFacts {
  facts: Omit<RuleFacts, 'bodyText'>;
  /** The page was read once: nothing of this is missing, only not up to date perhaps. */
  isRead: boolean;
}

export interface ShareOutcome extends SharedFacts {
  contentId: number;
  status: ContentStatus;
  /** The canonical URL of the content that the share ended at: a survivor has its own. */
  canonicalUrl: string;
  platform: string;
  created: boolean;
  /** True when a parse of the content is under way after this share. */
  needsParse: boolean;
}

/**
 * Takes a share in: one content per key under any concurrency, a source row always, the parse task in the same transaction.
 * A FAILED content is queued again, a deleted one revived; a PULLED one is not read again, but its damaged pictures are fetched again, and
 * the rules are asked about it again when the share brings a tag or a flag that it did not have. An address that only led to a content is
 * asked again when that was long ago.
 * @throws InvalidInput for a canonical URL that is too long to be a key.
 * @throws LostRace (the transaction is run again) when another transaction takes the key meanwhile.
 */
export async function recordShare(tx: Tx, log: TaskLog, share: Share): Promise<ShareOutcome> {
  if (!isIndexable(share.canonical.url))
    throw new InvalidInput('The URL is too long.', [
      { path: 'body.url', message: `must have at most ${maxIndexedUrlBytes} bytes in its canonical form` },
    ]);
  const known = await lockByKey(tx, share.canonical);
  if (known?.believed === false) return shareDoubtful(tx, log, known, share);
  const created = known === null ? await create(tx, share) : null;
  if (created) return recordFirst(tx, log, created, share);
  const row = known ?? (await lockByKey(tx, share.canonical));
  if (row?.believed === false) throw new LostRace('the address was just merged into another content');
  if (!row) throw new LostRace(`the key of ${share.canonical.platform} was taken and given up meanwhile`);
  return recordAgain(tx, log, row, share);
}

/** A share of a locked content that is here already. */
async function recordAgain(tx: Tx, log: TaskLog, row: ContentRow, share: Share): Promise<ShareOutcome> {
  await addSource(tx, row.id, share);
  const changes = await applyReshare(tx, row, share);
  const { status } = changes;
  const needsParse = status !== 'PULLED';
  const queued = needsParse && (await ensureParseTask(tx, log, row.id, share.priority ?? row.priority));
  if (!needsParse && changes.damaged && share.archiving !== false) await requeueDamaged(tx, log, row);
  if (changes.restored && !needsParse) await appendPlan(tx, log, row.id, row.priority);
  else if (changes.forRules) await planIfChanged(tx, log, row.id);
  await Events.append(tx, reshareEvents(row, share, changes, queued));
  const { id: contentId, canonicalUrl, platform } = row;
  const shared = sharedFacts({ ...row, tags: changes.tags, isNsfw: row.isNsfw || share.isNsfw === true });
  return { contentId, status, canonicalUrl, platform, created: false, needsParse, ...shared };
}

/**
 * A share by an address that led to a content once, too long ago to be believed. It is read again, as a content of its own: one that it was
 * before, else a new one. Where it still leads there, or does not answer, it joins that content again, and the share with it.
 */
async function shareDoubtful(tx: Tx, log: TaskLog, owner: KnownRow, share: Share): Promise<ShareOutcome> {
  const { canonical } = share;
  const merged = await lockMerged(tx, owner.id, canonical);
  if (merged) {
    const row = await unmergeLocked(tx, merged, { from: owner.id, aliasOf: owner.id });
    return recordAgain(tx, log, row, share);
  }
  const created = await create(tx, share, owner.id);
  if (!created) throw new LostRace('another content has just been shared by this address');
  return recordFirst(tx, log, created, share);
}

/** Locks the content that bears an address as its name and was merged into another one, which the transaction has locked. */
async function lockMerged(tx: Tx, owner: number, { platform, url }: Canonical): Promise<ContentRow | null> {
  const [found] = await openTx(tx).$queryRaw<{ id: number }[]>`
    SELECT id FROM contents WHERE platform = ${platform} AND canonical_url = ${url} AND merged_into = ${owner}`;
  if (!found) return null;
  const row = await lockContentNow(tx, found.id);
  if (row.mergedInto !== owner || row.canonicalUrl !== url) throw new LostRace(`content ${found.id} was just changed`);
  return row;
}

/** What belongs to a content that was just made. The statements do not wait for one another. */
async function recordFirst(tx: Tx, log: TaskLog, row: ContentRow, share: Share): Promise<ShareOutcome> {
  const { id: contentId, status, canonicalUrl, platform, priority } = row;
  await Promise.all([
    takeKey(tx, row),
    addSource(tx, contentId, share),
    appendParses(tx, log, [{ id: contentId, priority }]),
    Events.append(tx, [createdEvent(row, share)]),
  ]);
  return { contentId, status, canonicalUrl, platform, created: true, needsParse: true, ...sharedFacts(row) };
}

function sharedFacts(row: ContentRow): SharedFacts {
  const { platform, contentType, title, description, authorId, authorName, tags, isNsfw } = row;
  const facts = { platform, contentType, title, description, authorId, authorName, tags, isNsfw };
  return { facts, isRead: row.status === 'PULLED' || row.parseGeneration > 0 };
}

/** A content that was found by a key. */
interface KnownRow extends ContentRow {
  /** The key is its name, or was seen to lead to it not long ago. */
  believed: boolean;
}

/** Locks the owner of a key. */
async function lockByKey(tx: Tx, { platform, url }: Canonical): Promise<KnownRow | null> {
  const [row] = await openTx(tx).$queryRaw<ContentRow[]>`
    SELECT ${contentColumns} FROM content_keys k JOIN contents c ON c.id = k.content_id
    WHERE k.platform = ${platform} AND k.key = ${url} FOR UPDATE OF c`;
  if (!row) return null;
  if (row.mergedInto !== null) throw new LostRace(`content ${row.id} was just merged`);
  if (row.canonicalUrl === url) return { ...row, believed: true };
  // An alias may have been taken back while we waited for the lock: only a fresh look sees that.
  const [key] = await openTx(tx).$queryRaw<{ owner: number; believed: boolean }[]>`
    SELECT content_id AS owner, coalesce(believed_until > now(), false) AS believed
    FROM content_keys WHERE platform = ${platform} AND key = ${url}`;
  if (key?.owner !== row.id) throw new LostRace('another content has just taken this address');
  return { ...row, believed: key.believed };
}

/** Null when another transaction has created it: waits for that one to end, so that the next look sees its rows. */
async function create(tx: Tx, share: Share, aliasOf: number | null = null): Promise<ContentRow | null> {
  const { canonical, tags } = share;
  const index = searchIndex({ title: null, description: null, author: null, tags, site_name: null, body_text: null });
  const [row] = await openTx(tx).$queryRaw<ContentRow[]>`
    INSERT INTO contents AS c (platform, platform_id, content_type, url, canonical_url, priority, tags, is_nsfw, note,
                               alias_of, search_text, search_hash)
    VALUES (${canonical.platform}, ${canonical.platformId}, ${canonical.contentType}, ${share.url}, ${canonical.url},
            ${share.priority ?? defaultPriority}, ${uniteTags([], tags)}::text[], ${share.isNsfw ?? false}, ${share.note ?? null},
            ${aliasOf}::int, ${index.text}, ${index.hash})
    ON CONFLICT (platform, canonical_url) DO NOTHING
    RETURNING ${contentColumns}`;
  return row ?? null;
}

async function takeKey(tx: Tx, { id, platform, canonicalUrl, aliasOf }: ContentRow): Promise<void> {
  if (aliasOf !== null) return moveKey(tx, { platform, url: canonicalUrl }, { from: aliasOf, to: id });
  const taken = await openTx(tx).$executeRaw`
    INSERT INTO content_keys (platform, key, content_id) VALUES (${platform}, ${canonicalUrl}, ${id}) ON CONFLICT DO NOTHING`;
  if (taken === 0) throw new LostRace(`a parse has just given this key to another content`);
}

async function addSource(tx: Tx, contentId: number, share: Share): Promise<void> {
  const context = share.clientContext === undefined ? null : JSON.stringify(toJson(share.clientContext));
  await openTx(tx).$executeRaw`
    INSERT INTO content_sources (id, content_id, url, source, tags, note, client_context, request_id)
    VALUES (${uuidv7()}::uuid, ${contentId}, ${share.url}, ${share.source ?? null}, ${share.tags}::text[], ${share.note ?? null},
            ${context}::jsonb, ${currentContext()?.requestId ?? null})`;
}

interface ReshareChanges {
  status: ContentStatus;
  searched: SearchedField[];
  restored: boolean;
  requeued: boolean;
  tags: string[];
  /** Something that rules look at has changed. */
  forRules: boolean;
  /** The bytes of one of its pictures are damaged. */
  damaged: boolean;
}

async function applyReshare(tx: Tx, row: ContentRow, share: Share): Promise<ReshareChanges> {
  const restored = row.deletedAt !== null;
  const status = statusWhenShared(row, restored);
  const tags = uniteTags(row.tags, share.tags);
  let damaged = false;
  const write = async () => {
    const [written] = await openTx(tx).$queryRaw<{ damaged: boolean }[]>`
      UPDATE contents c SET status = ${status}, tags = ${tags}::text[], is_nsfw = is_nsfw OR ${share.isNsfw ?? false},
        note = coalesce(note, ${noteToAdd(row, share)}), priority = least(priority, ${share.priority ?? row.priority}::int),
        deleted_at = NULL, purged_at = NULL, updated_at = now()
      WHERE id = ${row.id} RETURNING ${showsDamage} AS damaged`;
    damaged = written?.damaged === true;
  };
  const sameTags = tags.length === row.tags.length;
  const searched = sameTags ? (await write(), []) : await keepSearchable(tx, row.id, write);
  const forRules = !sameTags || (share.isNsfw === true && !row.isNsfw);
  return { status, searched, restored, requeued: status !== row.status, tags, forRules, damaged };
}

/** A person who has emptied the note wants it empty. */
const noteToAdd = (row: ContentRow, share: Share): string | null =>
  row.editedFields.includes('note') ? null : (share.note ?? null);

const factsOf = ({ platform }: ContentRow, { source, tags }: Share, queued: boolean) => ({
  platform,
  source: source ?? null,
  tags,
  queued,
});

function createdEvent(row: ContentRow, share: Share): NewEvent {
  const search_fields = share.tags.length > 0 ? ['tags'] : [];
  return { type: 'content.created', contentId: row.id, payload: { ...factsOf(row, share, true), search_fields } };
}

function reshareEvents(row: ContentRow, share: Share, changes: ReshareChanges, queued: boolean): NewEvent[] {
  const { id: contentId } = row;
  const payload = { ...factsOf(row, share, queued), search_fields: changes.searched };
  const events: NewEvent[] = [{ type: 'content.shared', contentId, payload }];
  if (changes.restored) events.unshift({ type: 'content.restored', contentId });
  if (changes.requeued)
    events.push({ type: 'content.requeued', contentId, payload: { reason: 'shared_again', from: row.status } });
  return events;
}
