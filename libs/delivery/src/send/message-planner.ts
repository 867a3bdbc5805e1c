import { Injectable } from '@nestjs/common';
import { BlobStore } from '@vaultstream/blobs';
import { NotFound } from '@vaultstream/contracts';
import { ContentReads, replacePayload, toContentView, unsentParts, type Admitted } from '@vaultstream/store';
import type { TaskContext } from '@vaultstream/tasks';
import type { Picture, PictureWish, PlannedPart, TargetKind } from '@vaultstream/targets';
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
    const planned = { deliveryId: delivery.id, targetKey: key, settings, pictures, now: new Date() };
    const parts = kind.plan(content, planned);
    return wish ? parts.map((part) => withSources(part, wish, pictures)) : parts;
  }

  /**
   * Messages may have been planned long ago: holds their pictures, and has those made again that were collected or damaged meanwhile.
   * One that cannot be had stays as it is, and is left out at sending.
   * @throws Later while pictures are being made.
   */
  async renewPictures({ delivery }: Admitted, context: Pick<TaskContext, 'transact'>): Promise<void> {
    await this.desk.waitingFor(context, async (tx, orders) => {
      for (const { id, payload } of await unsentParts(tx, delivery.id)) {
        const part = payload as PlannedPart;
        const files = [];
        for (const file of part.files) files.push(await this.desk.renew(tx, delivery.contentId, file, orders));
        if (files.some((file, index) => file !== part.files[index])) await replacePayload(tx, id, { ...part, files });
      }
    });
  }
}

/** The same message, which knows of each picture what it was made of. */
function withSources(part: PlannedPart, { preset }: PictureWish, pictures: readonly Picture[]): PlannedPart {
  const files = part.files.map((file) => {
    const picture = pictures.find(({ key }) => key === file.key);
    return picture ? { ...file, source: { mediaId: picture.mediaId, preset } } : file;
  });
  return { ...part, files };
}
