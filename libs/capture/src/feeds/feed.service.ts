import { Injectable } from '@nestjs/common';
import {
  UnitOfWork,
  type FeedPatch,
  type FeedRequest,
  type FeedView,
  type Page,
  type PageQuery,
} from '@vaultstream/contracts';
import { Feeds, toFeedView } from '@vaultstream/store';
import { FeedFinder } from './feed-finder.ts';
import { adaptiveIntervalS } from './feed-pace.ts';

/** Subscriptions over HTTP. */
@Injectable()
export class FeedService {
  constructor(
    private readonly work: UnitOfWork,
    private readonly feeds: Feeds,
    private readonly finder: FeedFinder,
  ) {}

  /**
   * Finds the feed before anything is stored.
   * @param caller Aborts when nobody waits for the answer any more.
   * @throws InvalidInput, Conflict, RateLimited, Later, Overloaded, InfrastructureError
   */
  async create(
    { url, tags, interval_s, is_nsfw, share_existing }: FeedRequest,
    caller: AbortSignal,
  ): Promise<FeedView> {
    const found = await this.finder.find(url, caller);
    const feed = {
      ...found,
      tags,
      isNsfw: is_nsfw,
      intervalS: interval_s ?? adaptiveIntervalS.first,
      adaptive: interval_s === undefined,
      shareExisting: share_existing,
    };
    return toFeedView(await this.work.transact((tx) => this.feeds.create(tx, feed)));
  }

  async list(page: PageQuery): Promise<Page<FeedView>> {
    const found = await this.feeds.list(page);
    return { ...found, items: found.items.map(toFeedView) };
  }

  /** @throws NotFound */
  async get(id: string): Promise<FeedView> {
    return toFeedView(await this.feeds.get(id));
  }

  /** @throws NotFound */
  async update(id: string, { tags, is_nsfw, interval_s, enabled }: FeedPatch): Promise<FeedView> {
    const pace =
      interval_s === undefined
        ? {}
        : { adaptive: interval_s === null, intervalS: interval_s ?? adaptiveIntervalS.first };
    const change = { tags, isNsfw: is_nsfw, enabled, ...pace };
    return toFeedView(await this.work.transact((tx) => this.feeds.update(tx, id, change)));
  }

  /** @throws NotFound */
  async remove(id: string): Promise<void> {
    await this.work.transact((tx) => this.feeds.remove(tx, id));
  }

  /** Answers the id of the task. @throws NotFound, Conflict */
  poll(id: string): Promise<string> {
    return this.work.transact((tx) => this.feeds.pollNow(tx, id));
  }
}
