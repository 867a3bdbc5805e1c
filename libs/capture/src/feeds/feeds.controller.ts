import { Controller, Delete, Get, HttpCode, Patch, Post } from '@nestjs/common';
import {
  feedPatchSchema,
  feedPollAnswerSchema,
  feedRequestSchema,
  feedViewSchema,
  pageOf,
  pageQuerySchema,
  type FeedPatch,
  type FeedRequest,
  type FeedView,
  type Page,
  type PageQuery,
} from '@vaultstream/contracts';
import { Answers, CallerSignal, Idempotent, Scopes, UuidParam, ZodBody, ZodQuery } from '@vaultstream/runtime';
import { FeedService } from './feed.service.ts';

/** Subscriptions: what is new in a feed is shared, each entry once. */
@Controller('feeds')
export class FeedsController {
  constructor(private readonly feeds: FeedService) {}

  @Post()
  @Scopes('write')
  @Idempotent()
  @Answers('Subscribes to a feed, or to the one that a page names.', { 201: feedViewSchema }, 409)
  create(@ZodBody(feedRequestSchema) request: FeedRequest, @CallerSignal() caller: AbortSignal): Promise<FeedView> {
    return this.feeds.create(request, caller);
  }

  @Get()
  @Scopes('read')
  @Answers('Subscriptions, newest first.', { 200: pageOf(feedViewSchema) })
  list(@ZodQuery(pageQuerySchema) query: PageQuery): Promise<Page<FeedView>> {
    return this.feeds.list(query);
  }

  @Get(':id')
  @Scopes('read')
  @Answers('One subscription.', { 200: feedViewSchema })
  get(@UuidParam() id: string): Promise<FeedView> {
    return this.feeds.get(id);
  }

  @Patch(':id')
  @Scopes('write')
  @Answers('Changes a subscription; enabling it polls it at once.', { 200: feedViewSchema })
  update(@UuidParam() id: string, @ZodBody(feedPatchSchema) patch: FeedPatch): Promise<FeedView> {
    return this.feeds.update(id, patch);
  }

  @Delete(':id')
  @HttpCode(204)
  @Scopes('write')
  @Answers('Ends a subscription; what it has shared stays.', { 204: null })
  async remove(@UuidParam() id: string): Promise<void> {
    await this.feeds.remove(id);
  }

  @Post(':id/poll')
  @HttpCode(202)
  @Scopes('write')
  @Answers('Polls a feed now.', { 202: feedPollAnswerSchema }, 409)
  async poll(@UuidParam() id: string): Promise<{ feed_id: string; task_id: string }> {
    return { feed_id: id, task_id: await this.feeds.poll(id) };
  }
}
