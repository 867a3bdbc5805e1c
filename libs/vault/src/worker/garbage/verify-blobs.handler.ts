import { Injectable } from '@nestjs/common';
import { Later, type PayloadOf } from '@vaultstream/contracts';
import type { TaskContext, TaskHandler } from '@vaultstream/tasks';
import { Scrubber } from './scrubber.ts';

/** Milliseconds between two runs of one day's share: pictures have the worker meanwhile. */
const pauseMs = 5_000;

/** `blobs.verify`: today's share of the check of stored bytes, in runs of some seconds. */
@Injectable()
export class VerifyBlobsHandler implements TaskHandler<'blobs.verify'> {
  constructor(private readonly scrubber: Scrubber) {}

  async run(_: PayloadOf<'blobs.verify'>, { logger, signal }: TaskContext): Promise<void> {
    if ((await this.scrubber.run(signal)) === 'more')
      throw new Later("today's share of stored bytes is not read yet", { retryAfterMs: pauseMs });
    logger.info({ name: 'blobs.verify' }, "today's share of stored bytes was read");
  }
}
