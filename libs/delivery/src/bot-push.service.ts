import { Injectable } from '@nestjs/common';
import { BlobStore } from '@vaultstream/blobs';
import {
  UnitOfWork,
  type ContentMessage,
  type ContentView,
  type GetContent,
  type MarkPushed,
} from '@vaultstream/contracts';
import { ContentReads, Deliveries, markPushed, Targets, toContentView } from '@vaultstream/store';
import { canonicalTargetKey, toContentMessage } from '@vaultstream/targets';

/** For bots that push by themselves. Whatever a mark would be refused for is refused before anything is handed out to push. */
@Injectable()
export class BotPushService {
  constructor(
    private readonly deliveries: Deliveries,
    private readonly contents: ContentReads,
    private readonly targets: Targets,
    private readonly blobs: BlobStore,
    private readonly work: UnitOfWork,
  ) {}

  /**
   * Contents that a target has not had yet, newest first.
   * @param whole False: only what receivers get of them.
   * @throws InvalidInput for a key that no target can have; Conflict for an unknown one beyond their number.
   */
  async getContent(query: GetContent, whole: boolean): Promise<(ContentView | ContentMessage)[]> {
    const { target_platform, ...rest } = query;
    const { key: targetKey, known } = await this.readKey(target_platform);
    if (!known) await this.targets.requireExternalRoom();
    const rows = await this.contents.getMany(await this.deliveries.offers({ targetKey, ...rest }));
    const contents = await Promise.all(rows.map((row) => toContentView(row, (key) => this.blobs.urlFor(key))));
    return whole ? contents : contents.map(toContentMessage);
  }

  /**
   * Notes that a bot has pushed a content. False when it was noted before.
   * @throws As `getContent`; NotFound for an unknown or deleted content; Conflict for one that never was PULLED.
   */
  async markPushed({ content_id, target_platform, message_id }: MarkPushed): Promise<boolean> {
    const { key: targetKey } = await this.readKey(target_platform);
    const mark = { contentId: content_id, targetKey, messageId: message_id ?? null };
    return this.work.transact((tx) => markPushed(tx, this.targets, mark));
  }

  /** One that is in use is taken as it is: it may be older than these checks, and another spelling would have a ledger of its own. */
  private async readKey(given: string): Promise<{ key: string; known: boolean }> {
    if (await this.targets.hasKey(given)) return { key: given, known: true };
    const key = canonicalTargetKey(given, 'body.target_platform');
    return { key, known: key !== given && (await this.targets.hasKey(key)) };
  }
}
