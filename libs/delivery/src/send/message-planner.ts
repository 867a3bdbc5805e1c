import { Injectable } from '@nestjs/common';
import { BlobStore } from '@vaultstream/blobs';
import { NotFound } from '@vaultstream/contracts';
import { ContentReads, toContentView, type Admitted } from '@vaultstream/store';
import type { TaskContext } from '@vaultstream/tasks';
import type { PlannedPart, TargetKind } from '@vaultstream/targets';
import { PictureDesk } from './picture-desk.ts';

/** A message is fitted once and tried for 27 hours at most, and whoever receives it may take a while: its links live three days. Seconds. */
const linkLifeS = 259_200;

/** Fits a content into the messages of a target. */
@Injectable()
export class MessagePlanner {
  constructor(
    private readonly contents: ContentReads,
    private readonly blobs: BlobStore,
    private readonly desk: PictureDesk,
  ) {}

  /** @throws NotFound when the content has gone meanwhile; Later while its pictures are being made. */
  async plan(
    kind: TargetKind,
    { delivery, target }: Admitted,
    context: Pick<TaskContext, 'transact'>,
  ): Promise<PlannedPart[]> {
    const row = await this.contents.get(delivery.contentId);
    if (!row) throw new NotFound('The content is gone.');
    const content = await toContentView(row, (key) => this.blobs.urlFor(key, linkLifeS));
    const { settings, key } = target;
    const wish = kind.pictures?.(content, settings);
    const pictures = wish ? await this.desk.collect(content.id, wish, context) : [];
    return kind.plan(content, { deliveryId: delivery.id, targetKey: key, settings, pictures, now: new Date() });
  }
}
