import { Injectable } from '@nestjs/common';
import { platformById, platforms } from '@vaultstream/platforms';
import { Env } from '@vaultstream/runtime';
import type { TaskContext, TaskHandler } from '@vaultstream/tasks';
import { CanaryService } from './canary.service.ts';

/** `platforms.canary`: the examples of those platforms that the installation has named, one after the other. What fails is a report too. */
@Injectable()
export class CanaryHandler implements TaskHandler<'platforms.canary'> {
  constructor(
    private readonly canaries: CanaryService,
    private readonly env: Env,
  ) {}

  async run(_: object, { signal, logger }: TaskContext): Promise<void> {
    const named = new Set(this.env.canaries);
    const unknown = this.env.canaries.filter((id) => id !== 'all' && !platformById(id));
    if (unknown.length > 0) logger.warn({ name: 'platforms.canary', unknown }, 'PLATFORM_CANARIES names no platform');
    for (const platform of platforms) {
      // The example of `web` is nobody's page.
      if (!named.has(platform.id) && !(named.has('all') && platform.hosts.length > 0)) continue;
      const { ok, took_ms, error_type } = await this.canaries.run(platform, signal);
      logger.info({ name: 'platforms.canary', platform: platform.id, ok, took_ms, error_type }, 'canary');
    }
  }
}
