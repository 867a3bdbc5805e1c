import { Injectable } from '@nestjs/common';
import { Later, TaskLog, type AnyNewTask, type RenditionPreset, type Tx } from '@vaultstream/contracts';
import { currentTrace } from '@vaultstream/runtime';
import { Renditions } from '@vaultstream/store';
import type { TaskContext } from '@vaultstream/tasks';
import type { PartFile, Picture, PictureWish } from '@vaultstream/targets';

/** Milliseconds until a row looks again whether its pictures are there. */
const renderPollMs = 1_000;

/** What has to be made before a message can go. */
export interface PictureOrders {
  tasks: AnyNewTask[];
  /** Some of it is being made already. */
  waiting: boolean;
}

/** Gets the pictures of messages from the vault: asks for renditions by task and waits for them. */
@Injectable()
export class PictureDesk {
  constructor(
    private readonly renditions: Renditions,
    private readonly log: TaskLog,
  ) {}

  /**
   * The wanted pictures whose rendition is there, in the order of the wish. One that cannot be had, or not within ten minutes, is left out.
   * @throws Later while others are being made.
   */
  async collect(
    contentId: number,
    { preset, mediaIds }: PictureWish,
    context: Pick<TaskContext, 'transact'>,
  ): Promise<Picture[]> {
    if (mediaIds.length === 0) return [];
    return this.waitingFor(context, async (tx, orders) => {
      const pictures: Picture[] = [];
      for (const mediaId of mediaIds) {
        const picture = await this.look(tx, contentId, { mediaId, preset }, orders);
        if (picture) pictures.push(picture);
      }
      return pictures;
    });
  }

  /** Holds the picture of a planned message. One that is gone or damaged is ordered, or answered as it was made since. */
  async renew(tx: Tx, contentId: number, file: PartFile, orders: PictureOrders): Promise<PartFile> {
    if ((await this.renditions.hold(tx, file.key)) || !file.source) return file;
    const picture = await this.look(tx, contentId, file.source, orders);
    return picture ? { ...file, key: picture.key, mime: picture.mime } : file;
  }

  /** Runs `work` in a transaction that also places its orders. @throws Later when there are some, or others wait already. */
  async waitingFor<T>(
    context: Pick<TaskContext, 'transact'>,
    work: (tx: Tx, orders: PictureOrders) => Promise<T>,
  ): Promise<T> {
    const { result, waits } = await context.transact(async (tx) => {
      const orders: PictureOrders = { tasks: [], waiting: false };
      const result = await work(tx, orders);
      await this.log.append(tx, orders.tasks);
      return { result, waits: orders.waiting || orders.tasks.length > 0 };
    });
    if (waits) throw new Later('its pictures are being made', { retryAfterMs: renderPollMs });
    return result;
  }

  /** The rendition; null when it is not there (yet). */
  private async look(
    tx: Tx,
    contentId: number,
    { mediaId, preset }: { mediaId: string; preset: RenditionPreset },
    orders: PictureOrders,
  ): Promise<Picture | null> {
    const found = await this.renditions.look(tx, contentId, mediaId, preset);
    if (found.state === 'ready') return { mediaId, key: found.blob.key, mime: found.blob.mime };
    if (found.state === 'asked') orders.waiting = true;
    if (found.state === 'absent') {
      const payload = { media_id: mediaId, content_id: contentId, preset };
      orders.tasks.push({ name: 'media.render', payload, dedupeKey: found.dedupeKey, trace: currentTrace() });
    }
    return null;
  }
}
