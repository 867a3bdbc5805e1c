import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '@vaultstream/contracts';
import type { BulkRetry, RetryAnswer } from '@vaultstream/contracts';
import { assertPlatformId } from '@vaultstream/platforms';
import { annotateContext, Env } from '@vaultstream/runtime';
import { Contents } from '@vaultstream/store';
import { noContent } from './content.service.ts';

/** Second chances. */
@Injectable()
export class RetryService {
  constructor(
    private readonly work: UnitOfWork,
    private readonly contents: Contents,
    private readonly env: Env,
  ) {}

  /**
   * Queues a failed content again. A PULLED one is answered as it is, without asking its platform (its pictures without stored bytes
   * are archived), unless `force` is set; one that waits or runs keeps its live task.
   * @throws NotFound
   */
  async retry(id: number, force: boolean): Promise<RetryAnswer> {
    const { archive } = this.env;
    const requeued = await this.work.transact((tx) => this.contents.requeue(tx, id, { force, archive }));
    if (!requeued) throw noContent();
    annotateContext({ contentId: requeued.contentId });
    const status = { queued: 'UNPROCESSED', pulled: 'PULLED' } as const;
    return {
      content_id: requeued.contentId,
      status: requeued.outcome === 'live' ? requeued.status : status[requeued.outcome],
      media_queued: requeued.outcome === 'pulled' ? requeued.media : 0,
    };
  }

  /** Queues failed contents again, the oldest first. @throws InvalidInput for an unknown platform. */
  async bulkRetry({ last_error_type, platform, limit }: BulkRetry): Promise<{ matched: number; queued: number }> {
    if (platform !== undefined) assertPlatformId(platform, 'body.platform');
    return this.contents.bulkRequeue({ errorType: last_error_type, platform, limit });
  }
}
