import { Controller, HttpCode, Post } from '@nestjs/common';
import { dryRunBody, dryRunSchema, type DryRun, type DryRunRequest } from '@vaultstream/contracts';
import { Answers, Scopes, UuidParam, ZodBody } from '@vaultstream/runtime';
import { DryRunService } from './dry-run.service.ts';

/** What a replay would come to. */
@Controller('dead-letters')
export class DryRunController {
  constructor(private readonly dryRuns: DryRunService) {}

  @Post(':id/dry-run')
  @HttpCode(200)
  @Scopes('admin')
  @Answers('Says what a replay of a dead letter would come to, and tries its work out without keeping anything.', {
    200: dryRunSchema,
  })
  run(@UuidParam() id: string, @ZodBody(dryRunBody) request: DryRunRequest): Promise<DryRun> {
    return this.dryRuns.run(id, request);
  }
}
