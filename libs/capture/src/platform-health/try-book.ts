import { Inject, Injectable } from '@nestjs/common';
import { LOGGER, type Logger } from '@vaultstream/runtime';
import { PlatformHealth, type PlatformTry } from '@vaultstream/store';

/**
 * Counts tries without a queue at a row: what comes while one statement is under way goes into the next one, so that a process writes at most
 * one at a time however many parses it does.
 */
@Injectable()
export class TryBook {
  private waiting: PlatformTry[] = [];
  private next: Promise<void> | undefined;
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly health: PlatformHealth,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Resolves when it is written, or lost because the database is away: counts are no reason to fail a parse. */
  add(entry: PlatformTry): Promise<void> {
    this.waiting.push(entry);
    this.next ??= this.writing.then(() => this.write());
    return this.next;
  }

  private write(): Promise<void> {
    const entries = this.waiting;
    this.waiting = [];
    this.next = undefined;
    this.writing = this.health
      .count(entries)
      .catch((err: unknown) =>
        this.logger.warn({ name: 'platform.health', err, lost: entries.length }, 'tries could not be counted'),
      );
    return this.writing;
  }
}
