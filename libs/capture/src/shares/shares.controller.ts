import { Controller, HttpStatus, Post, Res } from '@nestjs/common';
import { shareRequestSchema, type ShareRequest, type ShareResponse } from '@vaultstream/contracts';
import { Idempotent, Scopes, ZodBody } from '@vaultstream/runtime';
import type { StatusReply } from '../status-reply.ts';
import { ShareService } from './share.service.ts';

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
