import type { ComponentHealth, HealthCheck } from '@vaultstream/contracts';
import type { Database } from '../database/database.ts';
import type { SecretBox } from './secret-box.ts';
import { sealedSecrets, secretsCheckKey, secretsCheckPlace } from './secrets-check.ts';

/** Whether the stored secrets can be read with this process's key. */
export class SecretsHealth implements HealthCheck {
  readonly component = 'secrets';

  constructor(
    private readonly db: Database,
    private readonly box: SecretBox,
  ) {}

  /** @throws InfrastructureError when the database is away. */
  async check(): Promise<ComponentHealth> {
    const check = await this.db.reading((client) =>
      client.setting.findUnique({ where: { key: secretsCheckKey }, select: { valueCipher: true } }),
    );
    if (check?.valueCipher && !this.box.opens(check.valueCipher, secretsCheckPlace))
      return { status: 'down', detail: 'Another process runs with another SECRETS_KEY: all need the same.' };
    const rows = await this.db.reading((client) =>
      client.$queryRawUnsafe<{ key: string; count: bigint }[]>(
        `SELECT split_part(cipher, '.', 2) AS key, count(*) AS count FROM (${sealedSecrets}) AS secrets GROUP BY 1`,
      ),
    );
    const lost = rows.filter(({ key }) => !this.box.knows(key)).reduce((sum, { count }) => sum + Number(count), 0);
    if (lost === 0) return { status: 'ok', ...this.leftOf(rows) };
    const words = lost === 1 ? '1 secret was' : `${lost} secrets were`;
    return {
      status: 'down',
      detail: `${words} sealed with a key that is lost: set the secrets of bots, targets and settings anew.`,
    };
  }

  /** What a person who replaces the key wants to know: whether the earlier one may go. */
  private leftOf(rows: readonly { key: string; count: bigint }[]): { detail?: string } {
    const earlier = this.box.earlierKeyIds;
    if (earlier.length === 0) return {};
    const left = rows.filter(({ key }) => earlier.includes(key)).reduce((sum, { count }) => sum + Number(count), 0);
    const words =
      left === 0
        ? 'nothing is sealed with it any more: it may go once the last links that it signed have run out'
        : `${left} ${left === 1 ? 'secret is' : 'secrets are'} still sealed with it: it is needed`;
    return { detail: `The key is being replaced. Of the earlier key (${earlier.join(', ')}), ${words}.` };
  }
}
