import { LeadsElsewhere, showSamePage } from '@vaultstream/contracts';
import type { Canonical, ParsedContent, TaskLog, Tx } from '@vaultstream/contracts';
import { openTx } from '../database/tx.ts';
import { adoptName } from './adopt-name.ts';
import type { ContentRow } from './content-row.ts';
import { addKey, moveKey, type LearntKey } from './learn-key.ts';
import { mergeLocked } from './merge.ts';
import { forgetPlan } from './plan-again.ts';
import { unmergeLocked } from './unmerge.ts';

/** What a parse read, and from where. */
export interface Reading {
  parsed: ParsedContent;
  /** The address that was asked. Default: the content's name. */
  asked?: string;
  /** The address that answered, where that is not the one asked. */
  learnt: Canonical | null;
  /** Where the answer came from, when that is neither the address asked nor one that can be its name. */
  elsewhere?: string | null;
}

/**
 * Finds the content that a reading belongs to: the one that is called by the address that answered, whoever was asked for. So a content is
 * always what its own address gives, and nobody else's address can change it. What was asked becomes an alias of it: a first reading gives
 * the content the name, or merges it into the content that has it. What was read before becomes an alias only when it shows the same
 * as now, because its text, and the ledger that says where that was sent, must not be taken for another page's. See
 * docs/decisions/0008-what-a-fetch-teaches.md.
 *
 * An address that answers for itself is no alias of another content any more, unless that one shows the same: the key is taken back.
 * Where that one shows the same, but nobody has seen the address lead there, it was read from here (an older release called contents by what
 * was shared): it takes the name.
 * An address with the platform's own id is believed without looking at what it shows.
 *
 * The content may be one that is called by yet another address, where what was asked only joins it: the reading is then not written into it.
 * @throws LeadsElsewhere when a content that was read before now leads to something else; LostRace.
 */
export async function placeReading(
  tx: Tx,
  log: TaskLog,
  own: ContentRow,
  known: Omit<LearntKey, 'own'>,
  reading: Reading,
): Promise<ContentRow> {
  const row = await findPlace(tx, log, own, known, reading);
  if (row.id === own.id && own.aliasOf !== null) await planAnewIfOther(tx, own, reading.parsed);
  return row;
}

async function findPlace(
  tx: Tx,
  log: TaskLog,
  own: ContentRow,
  { owner, named, former, seen }: Omit<LearntKey, 'own'>,
  reading: Reading,
): Promise<ContentRow> {
  const { parsed, learnt } = reading;
  if (learnt === null) {
    if (reading.elsewhere) await expectSame(tx, own, parsed, reading.elsewhere);
    return former === null ? own : placeFormerAlias(tx, log, own, { former, seen }, parsed);
  }
  const told = learnt.platformId !== null;
  if (owner?.id === own.id) {
    if (own.canonicalUrl === learnt.url) return own;
    if (!told && !seen) await expectSame(tx, own, parsed, learnt.url);
    return adoptName(tx, own, learnt);
  }
  const holder = owner === null ? null : await holderNow(tx, { owner, named, seen }, reading, learnt);
  if (!told) await expectSame(tx, own, parsed, learnt.url);
  // A session, say: each time it leads to another address of the same page.
  if (owner === null && former !== null && !told && (await showsSame(tx, former, parsed)))
    return mergeLocked(tx, log, { survivor: former, loser: own }, { parsed: false, lasting: false });
  if (holder !== null) {
    const takesIt = holder.canonicalUrl === learnt.url;
    return mergeLocked(tx, log, { survivor: holder, loser: own }, { parsed: takesIt, lasting: told });
  }
  // The content first, then the key: as a first share writes them, so that the two wait for each other in one order.
  const renamed = await adoptName(tx, own, learnt);
  if (owner === null) await addKey(tx, learnt, own.id);
  else await moveKey(tx, learnt, { from: owner.id, to: own.id });
  return renamed;
}

/** What led to another content once has answered for itself: does it belong to that one all the same? */
async function placeFormerAlias(
  tx: Tx,
  log: TaskLog,
  own: ContentRow,
  { former, seen }: { former: ContentRow; seen: boolean },
  parsed: ParsedContent,
): Promise<ContentRow> {
  // A deep address that leads to a home page is gone, and goes on standing for what it led to, as a dead one does.
  const gone = parsed.answered_elsewhere !== undefined;
  const same = await showsSame(tx, former, parsed);
  if (!gone && !same) return own;
  const keepsName = gone || seen;
  const joined = await mergeLocked(tx, log, { survivor: former, loser: own }, { parsed: !keepsName, lasting: false });
  if (keepsName) return joined;
  return adoptName(tx, joined, { platform: own.platform, url: own.canonicalUrl, platformId: null, contentType: null });
}

/** The content that the address stands for, now that it has answered for itself; null when it stands for none. */
async function holderNow(
  tx: Tx,
  { owner, named, seen }: { owner: ContentRow; named: ContentRow | null; seen: boolean },
  { parsed }: Reading,
  learnt: Canonical,
): Promise<ContentRow | null> {
  if (owner.canonicalUrl === learnt.url) return owner;
  if (learnt.platformId !== null) return adoptName(tx, owner, learnt);
  // It shows what it was seen to lead to: its canonical link may just not have been readable. What nobody has seen is a name as good as any.
  if (await showsSame(tx, owner, parsed)) return seen ? owner : adoptName(tx, owner, learnt);
  if (named === null) return null;
  await planAnewIfOther(tx, named, parsed);
  return unmergeLocked(tx, named, { from: owner.id, aliasOf: null });
}

/**
 * A content that comes back from another one has left its ledger there, with what that was about. Showing something else now, it is asked about
 * as if for the first time; showing the same, it was sent already, and only a change is an occasion.
 */
async function planAnewIfOther(tx: Tx, row: ContentRow, parsed: ParsedContent): Promise<void> {
  if (!(await showsSame(tx, row, parsed, { anyTime: false }))) await forgetPlan(tx, row.id);
}

/** @throws LeadsElsewhere when the content was read before, and showed something else. */
async function expectSame(tx: Tx, own: ContentRow, parsed: ParsedContent, address: string): Promise<void> {
  // What is asked whether it still is an alias has nothing to lose: what it showed before is with the content that it was an alias of.
  if (own.aliasOf !== null || (await showsSame(tx, own, parsed, { unread: true }))) return;
  throw new LeadsElsewhere(
    `the address now leads to ${address}, which shows something else; what was read before is kept: share that address to keep it too`,
  );
}

interface Shown {
  wasRead: boolean;
  title: string | null;
  text: string | null;
  fetchedUrl: string | null;
  media: string[];
}

/**
 * Whether a content shows what was just read.
 * @param unread The answer for what was never read.
 * @param anyTime What was read from the same address counts as the same, whatever it showed then.
 */
async function showsSame(
  tx: Tx,
  row: ContentRow,
  parsed: ParsedContent,
  { unread = false, anyTime = true }: { unread?: boolean; anyTime?: boolean } = {},
): Promise<boolean> {
  const [shown] = await openTx(tx).$queryRaw<Shown[]>`
    SELECT parse_generation > 0 OR body_text IS NOT NULL AS "wasRead", title, body_text AS text,
      raw_metadata ->> 'fetched_url' AS "fetchedUrl",
      ARRAY(SELECT origin_url FROM media m WHERE m.content_id = c.id AND m.role <> 'avatar') AS media
    FROM contents c WHERE id = ${row.id}`;
  if (!shown?.wasRead) return unread;
  if (anyTime && shown.fetchedUrl !== null && shown.fetchedUrl === parsed.raw_metadata['fetched_url']) return true;
  const title = row.editedFields.includes('title') ? parsed.title : shown.title;
  const media = parsed.media.filter(({ role }) => role !== 'avatar').map(({ url }) => url);
  return showSamePage({ ...shown, title }, { title: parsed.title, text: parsed.body_text, media });
}
