import { Controller, HttpCode, HttpStatus, Post, Res } from '@nestjs/common';
import {
  bulkAnswerSchema,
  retryAnswerSchema,
  bulkRetrySchema,
  retryQuerySchema,
  type BulkRetry,
  type RetryAnswer,
  type RetryQuery,
} from '@vaultstream/contracts';
import { Answers, IdParam, Scopes, ZodBody, ZodQuery } from '@vaultstream/runtime';
import type { StatusReply } from '../status-reply.ts';
import { RetryService } from './retry.service.ts';

/** Second chances for contents, one by one or many. */
@Controller('contents')
export class RetryController {
  constructor(private readonly retries: RetryService) {}

  @Post('retry')
  @HttpCode(202)
  @Scopes('write')
  @Answers('Queues failed contents again, the oldest first.', { 202: bulkAnswerSchema })
  retryMany(@ZodBody(bulkRetrySchema) request: BulkRetry): Promise<{ matched: number; queued: number }> {
    return this.retries.bulkRetry(request);
  }

  /** 202 with the task under way; 200 when there was nothing to read. */
  @Post(':id/retry')
  @Scopes('write')
  @Answers(
    'Reads a content again: 202 with the task under way. One that is PULLED answers 200 and is not read; its pictures without stored bytes are archived.',
    {
      200: retryAnswerSchema,
      202: retryAnswerSchema,
    },
  )
  async retry(
    @IdParam() id: number,
    @ZodQuery(retryQuerySchema) { force }: RetryQuery,
    @Res({ passthrough: true }) reply: StatusReply,
  ): Promise<RetryAnswer> {
    const answer = await this.retries.retry(id, force);
    reply.status(answer.status === 'PULLED' ? HttpStatus.OK : HttpStatus.ACCEPTED);
    return answer;
  }
}
