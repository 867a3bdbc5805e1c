import { Controller, HttpCode, Post } from '@nestjs/common';
import {
  InvalidInput,
  reparseAnswerSchema,
  reparseSchema,
  type Reparse,
  type ReparseAnswer,
} from '@vaultstream/contracts';
import { platformById } from '@vaultstream/platforms';
import { Answers, Scopes, ZodBody } from '@vaultstream/runtime';
import { Contents } from '@vaultstream/store';

/** Reads again what an older parser has read. */
@Controller('contents')
export class ReparseController {
  constructor(private readonly contents: Contents) {}

  @Post('reparse')
  @HttpCode(202)
  @Scopes('admin')
  @Answers(
    'Reads contents again that an older parser has read, the oldest first, spread over time. Asking twice queues nothing twice; what fails stays as it was.',
    { 202: reparseAnswerSchema },
  )
  async reparse(
    @ZodBody(reparseSchema) { platform, below_version, limit, per_minute }: Reparse,
  ): Promise<ReparseAnswer> {
    const known = platformById(platform);
    if (!known) throw refused('body.platform', 'is no platform: see GET /platforms');
    if (below_version > known.parserVersion)
      throw refused('body.below_version', `must be at most ${known.parserVersion}, the platform's present version`);
    const { matched, queued, waiting, endsInMs } = await this.contents.reparse({
      platform,
      belowVersion: below_version,
      limit,
      stepMs: 60_000 / per_minute,
    });
    const ends_at = queued === 0 ? null : new Date(Date.now() + endsInMs).toISOString();
    return { matched, queued, waiting, ends_at };
  }
}

const refused = (path: string, message: string) => new InvalidInput(`${path} ${message}`, [{ path, message }]);
