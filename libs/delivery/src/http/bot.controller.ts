import { Controller, HttpCode, Post } from '@nestjs/common';
import {
  contentMessageSchema,
  contentViewSchema,
  getContentSchema,
  markPushedSchema,
  type ContentMessage,
  type ContentView,
  type GetContent,
  type MarkPushed,
  type Principal,
} from '@vaultstream/contracts';
import { assertPlatformId } from '@vaultstream/platforms';
import { Answers, CurrentPrincipal, Scopes, ZodBody } from '@vaultstream/runtime';
import { z } from 'zod';
import { BotPushService } from '../bot-push.service.ts';

const markAnswerSchema = z.object({ created: z.boolean() });

/** For bots that push by themselves: what is there to push, and "I have pushed this". */
@Controller('bot')
@Scopes('push')
export class BotController {
  constructor(private readonly pushes: BotPushService) {}

  @Post('get-content')
  @HttpCode(200)
  @Answers(
    'Contents that a target has not had yet, newest first: with the scope read too all of each, else what receivers get of it.',
    { 200: z.array(z.union([contentViewSchema, contentMessageSchema])) },
    409,
  )
  async getContent(
    @ZodBody(getContentSchema) query: GetContent,
    @CurrentPrincipal() { scopes }: Principal,
  ): Promise<(ContentView | ContentMessage)[]> {
    if (query.platform !== undefined) assertPlatformId(query.platform, 'body.platform');
    return this.pushes.getContent(query, scopes.includes('read') || scopes.includes('admin'));
  }

  @Post('mark-pushed')
  @HttpCode(200)
  @Answers(
    'Says that a bot has pushed a content; only the first call makes a row.',
    { 200: markAnswerSchema },
    404,
    409,
  )
  async markPushed(@ZodBody(markPushedSchema) mark: MarkPushed): Promise<{ created: boolean }> {
    return { created: await this.pushes.markPushed(mark) };
  }
}
