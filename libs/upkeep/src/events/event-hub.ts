import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { InfrastructureError } from '@vaultstream/contracts';
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

/** Somebody who follows the event log. `end` makes him come back no more. */
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
  private readonly listeners = new Set<AbortController>();
  private readonly wakers = new Set<() => void>();
  private ring: EventRing | undefined;
  private polling: Promise<void> | undefined;
  private closed = false;

  constructor(
    private readonly feed: EventFeed,
    private readonly shutdown: Shutdown,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    this.shutdown.register('intake', 'event streams', () => this.close());
  }

  /** @throws InfrastructureError (503) when there are too many, or the process shuts down. */
  listen(): Listener {
    if (this.closed) throw new InfrastructureError('The process shuts down.', { retryAfterMs: 1_000 });
    if (this.listeners.size >= maxListeners)
      throw new InfrastructureError(`There are ${maxListeners} listeners already.`, { retryAfterMs: 5_000 });
    const controller = new AbortController();
    this.listeners.add(controller);
    this.polling ??= this.poll();
    return {
      signal: controller.signal,
      next: (cursor, maxWaitMs) => this.next(cursor, maxWaitMs, controller.signal),
      end: () => {
        this.listeners.delete(controller);
        controller.abort();
        if (this.listeners.size === 0) this.wake();
      },
    };
  }

  /** Ends all streams in good order and takes no more. */
  async close(): Promise<void> {
    this.closed = true;
    for (const listener of this.listeners) listener.abort();
    this.listeners.clear();
    this.wake();
    await this.polling;
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
