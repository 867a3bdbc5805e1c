import { Controller, Get, HttpCode, Inject, Post } from '@nestjs/common';
import {
  bulkReplayAnswerSchema,
  bulkReplayBody,
  cancelledReplaySchema,
  replayProgressSchema,
  type BulkReplay,
  type BulkReplayAnswer,
  type Principal,
  type ReplayProgress,
} from '@vaultstream/contracts';
import { Answers, CurrentPrincipal, Scopes, UuidParam, ZodBody } from '@vaultstream/runtime';
import { DeadLetters } from '@vaultstream/store';
import type { z } from 'zod';

/** Second chances for many: begun by filter, watched, taken back. */
@Controller('dead-letters')
export class ReplaysController {
  constructor(@Inject(DeadLetters) private readonly letters: DeadLetters) {}

  @Post('replay')
  @HttpCode(202)
  @Scopes('admin')
  @Answers('Runs the tasks of many dead letters anew, at a chosen rate.', { 202: bulkReplayAnswerSchema })
  replayMany(
    @ZodBody(bulkReplayBody) filter: BulkReplay,
    @CurrentPrincipal() { name }: Principal,
  ): Promise<BulkReplayAnswer> {
    return this.letters.replayMany(filter, name);
  }

  @Get('replays/:id')
  @Scopes('read')
  @Answers('How a bulk replay goes.', { 200: replayProgressSchema })
  progress(@UuidParam() id: string): Promise<ReplayProgress> {
    return this.letters.replayProgress(id);
  }

  /** What has begun, or was asked for by somebody else since, goes on. */
  @Post('replays/:id/cancel')
  @HttpCode(200)
  @Scopes('admin')
  @Answers('Takes back what of a bulk replay has not begun: those letters are open again.', {
    200: cancelledReplaySchema,
  })
  async cancel(
    @UuidParam() id: string,
    @CurrentPrincipal() { name }: Principal,
  ): Promise<z.infer<typeof cancelledReplaySchema>> {
    return { cancelled: await this.letters.cancelReplay(id, name) };
  }
}
