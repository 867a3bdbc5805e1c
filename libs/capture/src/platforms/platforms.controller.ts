import { Controller, Get } from '@nestjs/common';
import { platformViewSchema, type PlatformView } from '@vaultstream/contracts';
import { platforms } from '@vaultstream/platforms';
import { Answers, Scopes } from '@vaultstream/runtime';
import { z } from 'zod';

/** What can be shared. */
@Controller('platforms')
export class PlatformsController {
  @Get()
  @Scopes('read')
  @Answers('What can be shared.', { 200: z.array(platformViewSchema) })
  list(): PlatformView[] {
    return platforms.map(({ id, hosts, contentTypes }) => ({
      id,
      hosts: [...hosts],
      content_types: [...contentTypes],
      health: 'unknown',
    }));
  }
}
