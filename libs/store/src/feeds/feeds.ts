import { Conflict, InvalidInput, NotFound, type TaskLog, type Tx } from '@vaultstream/contracts';
import { v7 as uuidv7 } from 'uuid';
import { isIndexable, maxIndexedUrlBytes } from '../contents/indexed-url.ts';
import { type Database } from '../database/database.ts';
import { decodeCursor, encodeCursor, olderThan, toPage } from '../database/page.ts';
import { openTx } from '../database/tx.ts';
import { Events } from '../events/events.ts';
import type { FeedModel } from '../generated/models/Feed.ts';
import { appendPollNow } from './poll-task.ts';

/** A subscription, its address checked and canonical. */
export interface NewFeed {
  url: string;
  title: string | null;
  siteUrl: string | null;
  tags: string[];
  isNsfw: boolean;
  /** Seconds. */
  intervalS: number;
  adaptive: boolean;
  shareExisting: number;
}

/** Members that are left out stay as they are. */
export interface FeedChange {
  tags?: string[] | undefined;
  isNsfw?: boolean | undefined;
  intervalS?: number | undefined;
  adaptive?: boolean | undefined;
  enabled?: boolean | undefined;
}

/** Subscriptions, as people make and change them. What polls do to them is in `FeedPolls`. */
export class Feeds {
  constructor(
    private readonly db: Database,
    private readonly log: TaskLog,
  ) {}

  /**
   * Subscribes, with the first poll in the same transaction.
   * @throws Conflict when the address is subscribed already; InvalidInput for one that is too long to be a key.
   */
  async create(tx: Tx, feed: NewFeed): Promise<FeedModel> {
    const issue = { path: 'body.url', message: `must have at most ${maxIndexedUrlBytes} bytes in its canonical form` };
    if (!isIndexable(feed.url)) throw new InvalidInput('The URL is too long.', [issue]);
    const client = openTx(tx);
    const id = uuidv7();
    const { count } = await client.feed.createMany({ data: [{ id, ...feed }], skipDuplicates: true });
    if (count === 0) throw new Conflict(`The feed ${feed.url} is subscribed already.`);
    await Events.append(tx, [{ type: 'feed.created', payload: { feed_id: id, url: feed.url } }]);
    await appendPollNow(tx, this.log, id);
    return client.feed.findUniqueOrThrow({ where: { id } });
  }

  /** Newest first. */
  async list(page: { limit: number; cursor?: string | undefined }) {
    const after = page.cursor === undefined ? null : decodeCursor('feeds', ['time', 'uuid'], page.cursor);
    const rows = await this.db.reading((client) =>
      client.feed.findMany({
        where: olderThan(after),
        orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
        take: page.limit + 1,
      }),
    );
    return toPage(
      rows,
      page.limit,
      (row) => row,
      (row) => encodeCursor('feeds', [row.createdAt, row.id]),
    );
  }

  /** How many there are in each state: `ok`, `failing`, `disabled`. */
  async counts(): Promise<Record<'ok' | 'failing' | 'disabled', number>> {
    const rows = await this.db.reading(
      (client) => client.$queryRaw<{ state: 'ok' | 'failing' | 'disabled'; count: number }[]>`
        SELECT CASE WHEN NOT enabled THEN 'disabled' WHEN failures > 0 THEN 'failing' ELSE 'ok' END AS state, count(*)::int AS count
        FROM feeds GROUP BY 1`,
    );
    return { ok: 0, failing: 0, disabled: 0, ...Object.fromEntries(rows.map(({ state, count }) => [state, count])) };
  }

  /** @throws NotFound */
  async get(id: string): Promise<FeedModel> {
    const row = await this.db.reading((client) => client.feed.findUnique({ where: { id } }));
    return row ?? missing();
  }

  /**
   * Changes a subscription. Enabling a disabled one forgives its failures and polls it at once.
   * @throws NotFound
   */
  async update(tx: Tx, id: string, change: FeedChange): Promise<FeedModel> {
    const before = await this.lock(tx, id);
    const revived = change.enabled === true && !before.enabled;
    const fields = Object.entries(change).flatMap(([field, value]) => (value === undefined ? [] : [field]));
    if (fields.length === 0) return before;
    const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
    const healthy = { disabledReason: null, failures: 0, lastError: null, lastErrorType: null, lastErrorAt: null };
    const saved = await openTx(tx).feed.update({
      where: { id },
      data: { ...given, ...(revived ? { ...healthy, nextPollAt: new Date() } : {}), updatedAt: new Date() },
    });
    await Events.append(tx, [{ type: 'feed.updated', payload: { feed_id: id, fields } }]);
    if (revived) await appendPollNow(tx, this.log, id);
    return saved;
  }

  /** Ends a subscription and forgets which entries it has met; what it has shared stays. @throws NotFound */
  async remove(tx: Tx, id: string): Promise<void> {
    const { url } = await this.lock(tx, id);
    await openTx(tx).feed.delete({ where: { id } });
    await Events.append(tx, [{ type: 'feed.deleted', payload: { feed_id: id, url } }]);
  }

  /**
   * Polls it now. Answers the id of the task, which may be under way already.
   * @throws NotFound; Conflict for a feed that is disabled.
   */
  async pollNow(tx: Tx, id: string): Promise<string> {
    const { enabled } = await this.lock(tx, id);
    if (!enabled) throw new Conflict('The feed is disabled: enable it first.');
    return appendPollNow(tx, this.log, id);
  }

  private async lock(tx: Tx, id: string): Promise<FeedModel> {
    const client = openTx(tx);
    await client.$queryRaw`SELECT 1 FROM feeds WHERE id = ${id}::uuid FOR UPDATE`;
    return (await client.feed.findUnique({ where: { id } })) ?? missing();
  }
}

function missing(): never {
  throw new NotFound('There is no such feed.');
}
