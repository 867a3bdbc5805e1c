import { Controller, HttpCode, HttpStatus, Post, Res } from '@nestjs/common';
import {
  shareBatchAnswerSchema,
  shareBatchSchema,
  shareRequestSchema,
  shareResponseSchema,
  type ShareBatch,
  type ShareBatchAnswer,
  type ShareRequest,
  type ShareResponse,
} from '@vaultstream/contracts';
import { Answers, Idempotent, Scopes, TraceLinks, ZodBody } from '@vaultstream/runtime';
import type { StatusReply } from '../status-reply.ts';
import { BatchService } from './batch.service.ts';
import { ShareService } from './share.service.ts';

/** Intake. */
@Controller('shares')
export class SharesController {
  constructor(
    private readonly shares: ShareService,
    private readonly batches: BatchService,
    private readonly traces: TraceLinks,
  ) {}

  /** 201 for a new content, 200 for a known one. */
  @Post()
  @Scopes('write')
  @Idempotent()
  @Answers('Takes a share in: 201 for a new content, 200 for a known one.', {
    200: shareResponseSchema,
    201: shareResponseSchema,
  })
  async share(
    @ZodBody(shareRequestSchema) request: ShareRequest,
    @Res({ passthrough: true }) reply: StatusReply,
  ): Promise<ShareResponse> {
    const answer = await this.shares.share(request);
    reply.status(answer.created ? HttpStatus.CREATED : HttpStatus.OK);
    return { ...answer, ...this.traces.ofRequest() };
  }

  /** A bad share fails no other: see each result. */
  @Post('batch')
  @HttpCode(207)
  @Scopes('write')
  @Idempotent()
  @Answers('Takes up to 500 shares in, each by itself.', { 207: shareBatchAnswerSchema })
  async shareBatch(@ZodBody(shareBatchSchema) batch: ShareBatch): Promise<ShareBatchAnswer> {
    return { results: await this.batches.share(batch) };
  }
}
