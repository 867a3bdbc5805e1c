import { Controller, Delete, Get, HttpCode, Inject, Post } from '@nestjs/common';
import {
  bulkAnswerSchema,
  deadLetterGroupSchema,
  deadLetterSchema,
  pageOf,
  bulkReplayBody,
  deadLetterListQuery,
  type BulkReplay,
  type DeadLetterGroup,
  type DeadLetterListQuery,
  type DeadLetterView,
  type Page,
} from '@vaultstream/contracts';
import { Answers, Scopes, UuidParam, ZodBody, ZodQuery } from '@vaultstream/runtime';
import { DeadLetters } from '@vaultstream/store';
import { z } from 'zod';

const replayAnswerSchema = z.object({ task_id: z.string(), created: z.boolean() });

/** The dead-letter list: what failed for good, why, and its second chance. */
@Controller('dead-letters')
export class DeadLettersController {
  constructor(@Inject(DeadLetters) private readonly letters: DeadLetters) {}

  /** Newest first, or with `group_by=fingerprint` what fails in the same way, the most frequent first. */
  @Get()
  @Scopes('read')
  @Answers('Dead letters, newest first; or grouped by how they fail, the most frequent first.', {
    200: z.union([pageOf(deadLetterSchema), pageOf(deadLetterGroupSchema)]),
  })
  async list(
    @ZodQuery(deadLetterListQuery) query: DeadLetterListQuery,
  ): Promise<Page<DeadLetterView> | Page<DeadLetterGroup>> {
    if (query.group_by === undefined) return this.letters.list(query);
    return { items: await this.letters.groups(query), next_cursor: null };
  }

  @Get(':id')
  @Scopes('read')
  @Answers('One dead letter.', { 200: deadLetterSchema })
  async get(@UuidParam() id: string): Promise<DeadLetterView> {
    return this.letters.get(id);
  }

  /** Appends the task anew; `created` is false when that had been done, or when the same work is waiting already. */
  @Post(':id/replay')
  @HttpCode(202)
  @Scopes('admin')
  @Answers('Runs the task of a dead letter anew.', { 202: replayAnswerSchema }, 409)
  async replay(@UuidParam() id: string): Promise<{ task_id: string; created: boolean }> {
    const { taskId, created } = await this.letters.replay(id);
    return { task_id: taskId, created };
  }

  @Post('replay')
  @HttpCode(202)
  @Scopes('admin')
  @Answers('Runs the tasks of many dead letters anew.', { 202: bulkAnswerSchema })
  async replayMany(@ZodBody(bulkReplayBody) filter: BulkReplay): Promise<{ matched: number; queued: number }> {
    return this.letters.replayMany(filter);
  }

  @Delete(':id')
  @HttpCode(204)
  @Scopes('admin')
  @Answers('Gives a dead letter up.', { 204: null })
  async discard(@UuidParam() id: string): Promise<void> {
    await this.letters.delete(id);
  }
}
