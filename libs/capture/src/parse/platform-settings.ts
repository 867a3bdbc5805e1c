import { createHash } from 'node:crypto';
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
    const values = (await this.resolve(platform)).map(({ name, key, value, refused }) => {
      if (refused.length > 0) log.warn({ key, sources: refused }, 'a setting has a value that it cannot have');
      return [name, value] as const;
    });
    return platform.settings.parse(Object.fromEntries(values));
  }

  /**
   * Tells one set of a platform's secrets (cookies) from another: half a SHA-256 in hex, null when none is set.
   * @throws InfrastructureError when the database is away.
   */
  async cookiePrint(platform: Platform): Promise<string | null> {
    const set = (await this.resolve(platform)).filter(({ secret, value }) => secret && value !== undefined);
    if (set.length === 0) return null;
    const text = JSON.stringify(set.map(({ name, value }) => [name, value]));
    return createHash('sha256').update(text).digest('hex').slice(0, 32);
  }

  private async resolve(platform: Platform) {
    const rows = await this.settings.valuesUnder(`platform.${platform.id}.`);
    return [...settingsOf(platform)].map(([name, declared]) => {
      const { key, secret } = declared;
      const environment = this.env.settings.get(key);
      return { name, key, secret, ...resolveSetting(declared, { database: rows.get(key), environment }) };
    });
  }
}
