import { Inject, Injectable } from '@nestjs/common';
import { platformById } from '@vaultstream/platforms';
import { LOGGER, type Logger } from '@vaultstream/runtime';
import { PlatformHealth } from '@vaultstream/store';
import { PlatformSettings } from '../parse/platform-settings.ts';

/** Remembers what platforms say to our cookies, and writes it down when it is new. */
@Injectable()
export class CookieWatch {
  private readonly known = new Map<string, string>();

  constructor(
    private readonly health: PlatformHealth,
    private readonly settings: PlatformSettings,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** `rejected` after a demand for a login, `valid` after a success; nothing without cookies. Never fails. */
  async note(id: string, state: 'valid' | 'rejected'): Promise<void> {
    try {
      const platform = platformById(id);
      const print = platform && (await this.settings.cookiePrint(platform));
      if (!print || this.known.get(id) === `${print} ${state}`) return;
      await this.health.noteCookie(id, { print, state });
      this.known.set(id, `${print} ${state}`);
    } catch (err) {
      this.logger.warn({ name: 'platform.health', err }, 'the state of a cookie could not be written');
    }
  }
}
