import { type Database } from '../database/database.ts';
import { secretsCheckKey } from '../secrets/secrets-check.ts';

/** How long what was read is believed: milliseconds. Every replica sees a change within this and the time of one read. */
const trustMs = 5_000;

/** A row of `settings` as it is stored. */
export interface StoredSetting {
  key: string;
  value: unknown;
  valueCipher: string | null;
  updatedAt: Date;
}

/** All rows of `settings`, remembered for a few seconds, as they are stored: no opened secret stays in memory. */
export class SettingRows {
  private remembered: Promise<readonly StoredSetting[]> | undefined;
  private readAt = 0;

  /** @param now a clock that never goes back: milliseconds */
  constructor(
    private readonly db: Database,
    private readonly now: () => number,
  ) {}

  /** @throws InfrastructureError when the database is away. */
  fresh(): Promise<StoredSetting[]> {
    const where = { key: { not: secretsCheckKey } };
    return this.db.reading((client) => client.setting.findMany({ where, orderBy: { key: 'asc' } }));
  }

  /** At most five seconds old; one read for all who ask meanwhile. @throws InfrastructureError when the database is away. */
  recent(): Promise<readonly StoredSetting[]> {
    if (this.remembered && this.now() - this.readAt < trustMs) return this.remembered;
    const reading = this.fresh();
    this.remembered = reading;
    this.readAt = this.now();
    reading.catch(() => {
      if (this.remembered === reading) this.remembered = undefined;
    });
    return reading;
  }

  /** This process has changed a setting: the next who asks reads anew. */
  forget(): void {
    this.remembered = undefined;
  }
}
