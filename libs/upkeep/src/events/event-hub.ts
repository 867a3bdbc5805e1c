import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { InfrastructureError, RateLimited, type EventView } from '@vaultstream/contracts';
import { LOGGER, Shutdown, type Logger } from '@vaultstream/runtime';
import { EventFeed, type EventCursor } from '@vaultstream/store';
import { EventRing, placeEvents, type PlacedEvent } from './event-ring.ts';

/** Milliseconds between two looks at the log while somebody listens; after one that failed. */
const pollMs = 250;
const retryMs = 1_000;
/** Events of one read, and those that are kept for all listeners: who is further behind reads by himself. */
const pageSize = 200;
const ringSize = 2_000;
/** Listeners of one process. Past that a load balancer should ask another one. */
const maxListeners = 100;
/** Of those, listeners with the same token: so that one caller does not take all places. */
const maxPerToken = 10;
/** Milliseconds between two looks at the token of a listener. */
const tokenCheckMs = 20_000;

/** By what right somebody listens. */
export interface ListenerToken {
  tokenId: string;
  /** Looks the token up: false when it is revoked, has expired or lacks the scope by now. */
  isStillAdmitted(): Promise<boolean>;
}

/** Somebody who follows the event log, as long as his token is good. `end` makes him come back no more. */
export interface Listener {
  /** The next events after a place. Waits for the first one, at most `maxWaitMs`; empty when none came or all is over. */
  next(cursor: EventCursor, maxWaitMs: number): Promise<PlacedEvent[]>;
  /** Aborted when the process shuts down or the listener was ended. */
  readonly signal: AbortSignal;
  end(): void;
}

/** One look at the event log for all listeners of the process: polled while there is one, quiet otherwise. */
@Injectable()
export class EventHub implements OnModuleInit {
  private readonly listeners = new Map<AbortController, ListenerToken>();
  private readonly wakers = new Set<() => void>();
  private ring: EventRing | undefined;
  private polling: Promise<void> | undefined;
  private closed = false;
  /** Milliseconds; a test shortens it. */
  tokenCheckMs = tokenCheckMs;

  constructor(
    private readonly feed: EventFeed,
    private readonly shutdown: Shutdown,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    this.shutdown.register('intake', 'event streams', () => this.close());
  }

  /** @throws RateLimited when this token has too many, InfrastructureError (503) when there are too many, or the process shuts down. */
  listen(token: ListenerToken): Listener {
    if (this.closed) throw new InfrastructureError('The process shuts down.', { retryAfterMs: 1_000 });
    const own = [...this.listeners.values()].filter(({ tokenId }) => tokenId === token.tokenId).length;
    if (own >= maxPerToken)
      throw new RateLimited(`This token follows the events ${own} times already.`, { retryAfterMs: 5_000 });
    if (this.listeners.size >= maxListeners)
      throw new InfrastructureError(`There are ${maxListeners} listeners already.`, { retryAfterMs: 5_000 });
    const controller = new AbortController();
    this.listeners.set(controller, token);
    this.polling ??= this.poll();
    const { signal } = controller;
    const end = () => {
      clearInterval(watch);
      this.listeners.delete(controller);
      controller.abort();
      if (this.listeners.size === 0) this.wake();
    };
    const watch = setInterval(() => void this.endIfRefused(token, end), this.tokenCheckMs);
    signal.addEventListener('abort', () => clearInterval(watch));
    return {
      signal,
      end,
      next: async (cursor, maxWaitMs) => {
        const page = await this.next(cursor, maxWaitMs, signal);
        // Nothing that happened after the end of a token reaches who came in by it, whichever replica ended it.
        if (!page.some(({ event }) => revokes(event, token)) || (await token.isStillAdmitted())) return page;
        end();
        return [];
      },
    };
  }

  /** Ends all streams in good order and takes no more. */
  async close(): Promise<void> {
    this.closed = true;
    for (const listener of this.listeners.keys()) listener.abort();
    this.listeners.clear();
    this.wake();
    await this.polling;
  }

  /** While the database is away nobody is told anything anyway: the next look says it. */
  private async endIfRefused(token: ListenerToken, end: () => void): Promise<void> {
    const good = await token.isStillAdmitted().catch(() => true);
    if (!good) end();
  }

  private async next(cursor: EventCursor, maxWaitMs: number, signal: AbortSignal): Promise<PlacedEvent[]> {
    const known = this.ring?.after(cursor, pageSize) ?? placeEvents(await this.feed.after(cursor, pageSize));
    if (known.length > 0 || signal.aborted) return known;
    await this.waitForNews(maxWaitMs, signal);
    return this.ring?.after(cursor, pageSize) ?? [];
  }

  private async poll(): Promise<void> {
    while (this.listeners.size > 0) {
      let full = false;
      try {
        this.ring ??= new EventRing(await this.feed.tip(), ringSize);
        const page = await this.feed.after(this.ring.head, pageSize);
        this.ring.add(placeEvents(page));
        full = page.length === pageSize;
        if (page.length > 0) this.wake();
      } catch (err) {
        this.logger.warn({ name: 'events.poll', err }, 'the event log cannot be read');
        await sleep(retryMs - pollMs);
      }
      if (!full && this.listeners.size > 0) await sleep(pollMs);
    }
    // What happens while nobody listens is not followed: the next first listener begins a new stretch. Both in one turn, so that he
    // finds either this loop or none.
    this.ring = undefined;
    this.polling = undefined;
  }

  private waitForNews(maxWaitMs: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.wakers.delete(done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, maxWaitMs);
      this.wakers.add(done);
      signal.addEventListener('abort', done);
    });
  }

  private wake(): void {
    for (const waker of [...this.wakers]) waker();
  }
}

const revokes = ({ type, payload }: EventView, { tokenId }: ListenerToken): boolean =>
  type === 'token.revoked' && payload['token_id'] === tokenId;
