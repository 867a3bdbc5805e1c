import { Controller, HttpCode, Post } from '@nestjs/common';
import { BlobStore } from '@vaultstream/blobs';
import {
  contentMessageSchema,
  contentViewSchema,
  getContentSchema,
  markPushedSchema,
  UnitOfWork,
  type ContentMessage,
  type ContentView,
  type GetContent,
  type MarkPushed,
  type Principal,
} from '@vaultstream/contracts';
import { assertPlatformId } from '@vaultstream/platforms';
import { Answers, CurrentPrincipal, Scopes, ZodBody } from '@vaultstream/runtime';
import { ContentReads, Deliveries, markPushed, Targets, toContentView } from '@vaultstream/store';
import { toContentMessage } from '@vaultstream/targets';
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
  @Answers(
    'Contents that a target has not had yet, newest first: with the scope read too all of each, else what receivers get of it.',
    { 200: z.array(z.union([contentViewSchema, contentMessageSchema])) },
  )
  async getContent(
    @ZodBody(getContentSchema) query: GetContent,
    @CurrentPrincipal() { scopes }: Principal,
  ): Promise<(ContentView | ContentMessage)[]> {
    const { target_platform: targetKey, ...rest } = query;
    if (query.platform !== undefined) assertPlatformId(query.platform, 'body.platform');
    const rows = await this.contents.getMany(await this.deliveries.offers({ targetKey, ...rest }));
    const contents = await Promise.all(rows.map((row) => toContentView(row, (key) => this.blobs.urlFor(key))));
    return scopes.includes('read') || scopes.includes('admin') ? contents : contents.map(toContentMessage);
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
