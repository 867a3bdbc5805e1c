import { Controller, Delete, Get, HttpCode, Inject, Post } from '@nestjs/common';
import {
  bulkDiscardAnswerSchema,
  bulkDiscardBody,
  deadLetterDetailSchema,
  deadLetterGroupSchema,
  deadLetterListQuery,
  deadLetterSchema,
  discardQuery,
  pageOf,
  replayAnswerSchema,
  type BulkDiscard,
  type BulkDiscardAnswer,
  type DeadLetterDetail,
  type DeadLetterGroup,
  type DeadLetterListQuery,
  type DeadLetterView,
  type DiscardQuery,
  type Page,
  type Principal,
} from '@vaultstream/contracts';
import { Answers, CurrentPrincipal, Scopes, TraceLinks, UuidParam, ZodBody, ZodQuery } from '@vaultstream/runtime';
import { DeadLetters } from '@vaultstream/store';
import { z } from 'zod';

/** The dead-letter list: what failed for good, why, and its second chance. */
@Controller('dead-letters')
export class DeadLettersController {
  constructor(
    @Inject(DeadLetters) private readonly letters: DeadLetters,
    private readonly traces: TraceLinks,
  ) {}

  /** Newest first, or with `group_by` what fails in the same way or belongs to one content. */
  @Get()
  @Scopes('read')
  @Answers('Dead letters, newest first; or grouped by how they fail or by their content.', {
    200: z.union([pageOf(deadLetterSchema), pageOf(deadLetterGroupSchema)]),
  })
  async list(
    @ZodQuery(deadLetterListQuery) { group_by, ...query }: DeadLetterListQuery,
  ): Promise<Page<DeadLetterView> | Page<DeadLetterGroup>> {
    if (group_by !== undefined) return this.letters.groups({ ...query, group_by });
    const { items, next_cursor } = await this.letters.list(query);
    return { items: items.map((letter) => this.traces.addTo(letter)), next_cursor };
  }

  @Get(':id')
  @Scopes('read')
  @Answers('One dead letter, with all that it is about and what became of it before and after.', {
    200: deadLetterDetailSchema,
  })
  async get(@UuidParam() id: string): Promise<DeadLetterDetail> {
    return this.traces.addTo(await this.letters.get(id));
  }

  /** Appends the task anew; `created` is false when that had been done, or when the same work is waiting already. */
  @Post(':id/replay')
  @HttpCode(202)
  @Scopes('admin')
  @Answers('Runs the task of a dead letter anew.', { 202: replayAnswerSchema }, 409)
  async replay(
    @UuidParam() id: string,
    @CurrentPrincipal() { name }: Principal,
  ): Promise<z.infer<typeof replayAnswerSchema>> {
    const { taskId, created } = await this.letters.replay(id, name);
    return { task_id: taskId, created };
  }

  /** Repeatable. It stays to be read until retention takes it, and can still be replayed. */
  @Delete(':id')
  @HttpCode(204)
  @Scopes('admin')
  @Answers('Gives a dead letter up.', { 204: null }, 409)
  discard(
    @UuidParam() id: string,
    @ZodQuery(discardQuery) { note }: DiscardQuery,
    @CurrentPrincipal() { name }: Principal,
  ): Promise<void> {
    return this.letters.discard(id, name, note);
  }

  @Post('discard')
  @HttpCode(200)
  @Scopes('admin')
  @Answers('Gives many dead letters up.', { 200: bulkDiscardAnswerSchema })
  discardMany(
    @ZodBody(bulkDiscardBody) filter: BulkDiscard,
    @CurrentPrincipal() { name }: Principal,
  ): Promise<BulkDiscardAnswer> {
    return this.letters.discardMany(filter, name);
  }
}
