import { Controller, HttpCode, Post } from '@nestjs/common';
import { BlobStore } from '@vaultstream/blobs';
import {
  contentViewSchema,
  getContentSchema,
  markPushedSchema,
  UnitOfWork,
  type ContentView,
  type GetContent,
  type MarkPushed,
} from '@vaultstream/contracts';
import { assertPlatformId } from '@vaultstream/platforms';
import { Answers, Scopes, ZodBody } from '@vaultstream/runtime';
import { ContentReads, Deliveries, markPushed, Targets, toContentView } from '@vaultstream/store';
import { z } from 'zod';

const markAnswerSchema = z.object({ created: z.boolean() });

/** For bots that push by themselves: what is there to push, and "I have pushed this". */
@Controller('bot')
@Scopes('push')
export class BotController {
  constructor(
    private readonly deliveries: Deliveries,
    private readonly contents: ContentReads,
    private readonly targets: Targets,
    private readonly blobs: BlobStore,
    private readonly work: UnitOfWork,
  ) {}

  @Post('get-content')
  @HttpCode(200)
  @Answers('Contents that a target has not had yet, newest first.', { 200: z.array(contentViewSchema) })
  async getContent(@ZodBody(getContentSchema) query: GetContent): Promise<ContentView[]> {
    const { target_platform: targetKey, ...rest } = query;
    if (query.platform !== undefined) assertPlatformId(query.platform, 'body.platform');
    const rows = await this.contents.getMany(await this.deliveries.offers({ targetKey, ...rest }));
    return Promise.all(rows.map((row) => toContentView(row, (key) => this.blobs.urlFor(key))));
  }

  @Post('mark-pushed')
  @HttpCode(200)
  @Answers('Says that a bot has pushed a content; only the first call makes a row.', { 200: markAnswerSchema }, 404)
  async markPushed(@ZodBody(markPushedSchema) mark: MarkPushed): Promise<{ created: boolean }> {
    const { content_id: contentId, target_platform: targetKey, message_id: messageId = null } = mark;
    const created = await this.work.transact((tx) => markPushed(tx, this.targets, { contentId, targetKey, messageId }));
    return { created };
  }
}
