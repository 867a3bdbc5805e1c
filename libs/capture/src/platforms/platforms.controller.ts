import { Controller, Get } from '@nestjs/common';
import { platforms } from '@vaultstream/platforms';
import { Scopes } from '@vaultstream/runtime';

/** A platform as clients see it. */
export interface PlatformView {
  id: string;
  /** Empty: any host that no other platform answers for. */
  hosts: readonly string[];
  content_types: readonly string[];
  /** `unknown` until health is measured. */
  health: 'unknown';
}

/** What can be shared. */
@Controller('platforms')
export class PlatformsController {
  @Get()
  @Scopes('read')
  list(): PlatformView[] {
    return platforms.map(({ id, hosts, contentTypes }) => ({
      id,
      hosts,
      content_types: contentTypes,
      health: 'unknown',
    }));
  }
}
