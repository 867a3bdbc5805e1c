import { Controller, HttpStatus, Post, Res } from '@nestjs/common';
import { shareRequestSchema, type ShareRequest, type ShareResponse } from '@vaultstream/contracts';
import { Idempotent, Scopes, ZodBody } from '@vaultstream/runtime';
import { ShareService } from './share.service.ts';

/** The part of Fastify's reply that a handler with two statuses needs. */
interface StatusReply {
  status(code: number): unknown;
}

/** Intake. */
@Controller('shares')
export class SharesController {
  constructor(private readonly shares: ShareService) {}

  /** 201 for a new content, 200 for a known one. */
  @Post()
  @Scopes('write')
  @Idempotent()
  async share(
    @ZodBody(shareRequestSchema) request: ShareRequest,
    @Res({ passthrough: true }) reply: StatusReply,
  ): Promise<ShareResponse> {
    const answer = await this.shares.share(request);
    reply.status(answer.created ? HttpStatus.CREATED : HttpStatus.OK);
    return answer;
  }
}
