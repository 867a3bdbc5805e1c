import { Controller, Get } from '@nestjs/common';
import { explanationSchema, type Explanation } from '@vaultstream/contracts';
import { Answers, IdParam, Scopes } from '@vaultstream/runtime';
import { ExplainService } from '../explain/explain.service.ts';

/** Why a content is where it is. It stands here because the rules, the last to speak, do. */
@Controller('contents')
export class ExplainController {
  constructor(private readonly explanations: ExplainService) {}

  @Get(':id/explain')
  @Scopes('read')
  @Answers('How the URL was read, what failed, which rules match or why not, what holds each delivery.', {
    200: explanationSchema,
  })
  explain(@IdParam() id: number): Promise<Explanation> {
    return this.explanations.explain(id);
  }
}
