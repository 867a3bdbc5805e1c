import { Injectable } from '@nestjs/common';
import { Later, TaskLog, type AnyNewTask } from '@vaultstream/contracts';
import { currentTrace } from '@vaultstream/runtime';
import { Renditions } from '@vaultstream/store';
import type { TaskContext } from '@vaultstream/tasks';
import type { Picture, PictureWish } from '@vaultstream/targets';

/** Milliseconds until a row looks again whether its pictures are there. */
const renderPollMs = 1_000;

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
    const { pictures, waiting } = await context.transact(async (tx) => {
      const pictures: Picture[] = [];
      const orders: AnyNewTask[] = [];
      let waiting = false;
      for (const mediaId of mediaIds) {
        const found = await this.renditions.look(tx, contentId, mediaId, preset);
        if (found.state === 'ready') pictures.push({ mediaId, key: found.blob.key, mime: found.blob.mime });
        if (found.state === 'asked') waiting = true;
        if (found.state !== 'absent') continue;
        const payload = { media_id: mediaId, content_id: contentId, preset };
        orders.push({ name: 'media.render', payload, dedupeKey: found.dedupeKey, trace: currentTrace() });
      }
      await this.log.append(tx, orders);
      return { pictures, waiting: waiting || orders.length > 0 };
    });
    if (waiting) throw new Later('its pictures are being made', { retryAfterMs: renderPollMs });
    return pictures;
  }
}
