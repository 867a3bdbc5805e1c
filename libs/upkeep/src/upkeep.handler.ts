import { Injectable } from '@nestjs/common';
import { Later, type PayloadOf } from '@vaultstream/contracts';
import { Env } from '@vaultstream/runtime';
import { EventPartitions, Resealing, Retention, SearchTexts } from '@vaultstream/store';
import type { Handlers, TaskContext, TaskHandler } from '@vaultstream/tasks';

/** Does the periodic cleaning. Every job may run at any time, twice, or never for a while, without harm. */
@Injectable()
export class UpkeepRunHandler implements TaskHandler<'upkeep.run'> {
  constructor(
    private readonly env: Env,
    private readonly partitions: EventPartitions,
    private readonly retention: Retention,
    private readonly searchTexts: SearchTexts,
    private readonly resealing: Resealing,
  ) {}

  async run({ job }: PayloadOf<'upkeep.run'>, { logger, signal }: TaskContext): Promise<void> {
    switch (job) {
      case 'events': {
        const made = await this.partitions.ensure();
        signal.throwIfAborted();
        const dropped = await this.partitions.drop(this.env.retention.eventsMonths);
        const trimmed = await this.retention.expireUnpartitionedEvents(this.env.retention.eventsMonths, signal);
        logger.info({ name: 'upkeep.events', made, dropped, trimmed }, 'event partitions are in order');
        return;
      }
      case 'idempotency': {
        const keys = await this.retention.expireIdempotencyKeys(signal);
        const cells = await this.retention.expireLimiterCells(signal);
        const tries = await this.retention.expirePlatformTries(signal);
        logger.info(
          { name: 'upkeep.idempotency', keys, cells, tries },
          'expired keys, limiter cells and counts removed',
        );
        return;
      }
      case 'dead_letters': {
        const { deadLettersDays, openDeadLettersDays } = this.env.retention;
        const moot = await this.retention.discardMootDeadLetters(signal);
        const old = await this.retention.discardOldDeadLetters(openDeadLettersDays, signal);
        const forgotten = await this.retention.expireClosedDeadLetters(deadLettersDays, signal);
        logger.info({ name: 'upkeep.dead_letters', moot, old, forgotten }, 'dead letters tidied up');
        return;
      }
      case 'retention': {
        const purged = await this.retention.purgeDeletedContents(this.env.retention.deletedDays, signal);
        logger.info({ name: 'upkeep.retention', purged }, 'deleted contents emptied');
        return;
      }
      case 'search_texts': {
        const { made, finished } = await this.searchTexts.refill(signal);
        logger.info({ name: 'upkeep.search_texts', made, finished }, 'search texts of older releases made anew');
        if (!finished) throw new Later('search texts of older releases are left', { retryAfterMs: 1_000 });
        return;
      }
      case 'secrets': {
        const result = await this.resealing.run(signal);
        const level = result.unreadable > 0 ? 'warn' : 'info';
        if (result.resealed + result.unreadable > 0)
          logger[level]({ name: 'upkeep.secrets', ...result }, 'secrets of an earlier key are sealed anew');
        return;
      }
    }
  }
}

/** What this verb contributes to the task runner. */
@Injectable()
export class UpkeepHandlers {
  readonly handlers: Handlers<'upkeep.run'>;

  constructor(run: UpkeepRunHandler) {
    this.handlers = { 'upkeep.run': run };
  }
}
