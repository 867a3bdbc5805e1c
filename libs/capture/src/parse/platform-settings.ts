import { Injectable } from '@nestjs/common';
import { resolveSetting, settingsOf, type Platform } from '@vaultstream/platforms';
import { Env, type Logger } from '@vaultstream/runtime';
import { Settings } from '@vaultstream/store';

/** What platforms are to be told: rows of the database first, then the environment, then their own defaults. */
@Injectable()
export class PlatformSettings {
  constructor(
    private readonly settings: Settings,
    private readonly env: Env,
  ) {}

  /**
   * The settings of one platform as its schema yields them. A value that the schema refuses is passed over with a warning that names its key.
   * @throws InfrastructureError when the database is away.
   */
  async of(platform: Platform, log: Pick<Logger, 'warn'>): Promise<unknown> {
    const rows = await this.settings.valuesUnder(`platform.${platform.id}.`);
    const values = [...settingsOf(platform)].map(([name, declared]) => {
      const { key } = declared;
      const { value, refused } = resolveSetting(declared, {
        database: rows.get(key),
        environment: this.env.settings.get(key),
      });
      if (refused.length > 0) log.warn({ key, sources: refused }, 'a setting has a value that it cannot have');
      return [name, value] as const;
    });
    return platform.settings.parse(Object.fromEntries(values));
  }
}
