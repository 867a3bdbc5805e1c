import { Injectable } from '@nestjs/common';
import { BlobStore } from '@vaultstream/blobs';
import type { PayloadOf } from '@vaultstream/contracts';
import type { TaskContext, TaskHandler } from '@vaultstream/tasks';
import { GarbageCollector } from './garbage-collector.ts';

/** `blobs.collect`: bytes that nothing refers to, and what killed processes have left half-written. */
@Injectable()
export class CollectBlobsHandler implements TaskHandler<'blobs.collect'> {
  constructor(
    private readonly collector: GarbageCollector,
    private readonly store: BlobStore,
  ) {}

  async run(_: PayloadOf<'blobs.collect'>, { logger, signal }: TaskContext): Promise<void> {
    const report = await this.collector.collect({ signal });
    const swept = await this.store.sweep();
    logger.info({ name: 'blobs.collect', ...report, swept }, 'unused blobs collected');
    if (report.held > 0)
      logger.error(
        { name: 'blobs.held', ...report },
        'more blobs are unused than may be deleted in a day: is it meant?',
      );
  }
}
