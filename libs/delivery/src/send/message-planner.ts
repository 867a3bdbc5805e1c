import { Injectable } from '@nestjs/common';
import { BlobStore } from '@vaultstream/blobs';
import { NotFound } from '@vaultstream/contracts';
import { ContentReads, toContentView, type Admitted } from '@vaultstream/store';
import type { PlannedPart, TargetKind } from '@vaultstream/targets';

/** Fits a content into the messages of a target. */
@Injectable()
export class MessagePlanner {
  constructor(
    private readonly contents: ContentReads,
    private readonly blobs: BlobStore,
  ) {}

  /** @throws NotFound when the content has gone meanwhile. */
  async plan(kind: TargetKind, { delivery, target }: Admitted): Promise<PlannedPart[]> {
    const row = await this.contents.get(delivery.contentId);
    if (!row) throw new NotFound('The content is gone.');
    const content = await toContentView(row, (key) => this.blobs.urlFor(key));
    const { settings, key } = target;
    return kind.plan(content, { deliveryId: delivery.id, targetKey: key, settings, now: new Date() });
  }
}
