import type { Tx } from '@vaultstream/contracts';
import { type Database } from '../database/database.ts';
import { toJson } from '../database/json.ts';
import { openTx } from '../database/tx.ts';
import { Events } from '../events/events.ts';
import { type SecretBox } from '../secrets/secret-box.ts';
import { SettingRows, type StoredSetting } from './setting-rows.ts';

/** What everybody may know of a setting that was set. */
export interface SettingRecord {
  key: string;
  /** True: sealed, and `value` is undefined. */
  secret: boolean;
  value: unknown;
  updatedAt: Date;
}

export interface NewSetting {
  key: string;
  /** Any JSON. */
  value: unknown;
  secret: boolean;
}

const sealedAt = (key: string) => ({ table: 'settings', row: key, column: 'value_cipher' });

/** Values that can change while the product runs. What may be set, and its shape, is known by those who declare it: not here. */
export class Settings {
  private readonly rows: SettingRows;

  constructor(
    private readonly db: Database,
    private readonly secrets: SecretBox,
    now: () => number = () => performance.now(),
  ) {
    this.rows = new SettingRows(db, now);
  }

  /** Sets a value; a secret is sealed to its key. The event says which key, and never the value. */
  async put(tx: Tx, { key, value, secret }: NewSetting): Promise<void> {
    const json = JSON.stringify(toJson(value));
    const [open, cipher] = secret ? [null, this.secrets.seal(json, sealedAt(key))] : [json, null];
    await openTx(tx).$executeRaw`
      INSERT INTO settings (key, value, value_cipher) VALUES (${key}, ${open}::jsonb, ${cipher})
      ON CONFLICT (key) DO UPDATE
        SET value = excluded.value, value_cipher = excluded.value_cipher, updated_at = now()`;
    await Events.append(tx, [{ type: 'settings.updated', payload: { key, action: 'set' } }]);
  }

  /** Removes a value. Answers false, and says nothing to the event log, when there was none. */
  async remove(tx: Tx, key: string): Promise<boolean> {
    const removed = await openTx(tx).$executeRaw`DELETE FROM settings WHERE key = ${key}`;
    if (removed > 0) await Events.append(tx, [{ type: 'settings.updated', payload: { key, action: 'removed' } }]);
    return removed > 0;
  }

  /** Everything that is set, by key. Opens no secret. */
  async list(): Promise<SettingRecord[]> {
    return (await this.rows.fresh()).map(toRecord);
  }

  /**
   * The values of all keys that begin so, secrets opened. Up to five seconds old, so that it may be asked for before every piece of work.
   * @throws InfrastructureError when the database is away; SecretError when one of them cannot be opened.
   */
  async valuesUnder(prefix: string): Promise<ReadonlyMap<string, unknown>> {
    const rows = await this.rows.recent();
    return new Map(rows.filter(({ key }) => key.startsWith(prefix)).map((row) => [row.key, this.valueOf(row)]));
  }

  /** To be called after a transaction that has changed a setting: this process sees it at once, the others within seconds. */
  forget(): void {
    this.rows.forget();
  }

  private valueOf({ key, value, valueCipher }: StoredSetting): unknown {
    return valueCipher === null ? value : (JSON.parse(this.secrets.open(valueCipher, sealedAt(key))) as unknown);
  }
}

function toRecord({ key, value, valueCipher, updatedAt }: StoredSetting): SettingRecord {
  const secret = valueCipher !== null;
  return { key, secret, value: secret ? undefined : value, updatedAt };
}
