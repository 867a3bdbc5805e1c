import type { ClientBase } from 'pg';
import { InfrastructureError } from '@vaultstream/contracts';
import type { Logger } from '@vaultstream/runtime';
import { connectForDeploy } from '../migrate/connect.ts';
import { SecretBox, sealedWith } from './secret-box.ts';

/** The key of the row in `settings` that holds the check value: no setting, and never listed. */
export const secretsCheckKey = 'secrets.check';
/** Where the check value is sealed to. */
export const secretsCheckPlace = { table: 'settings', row: secretsCheckKey, column: 'value_cipher' };

/** Every sealed secret that is still of use, without the check value and the answers that are remembered for a day. */
export const sealedSecrets = `
  SELECT secret_cipher AS cipher FROM targets WHERE secret_cipher IS NOT NULL AND deleted_at IS NULL
  UNION ALL SELECT token_cipher FROM bot_configs WHERE deleted_at IS NULL
  UNION ALL SELECT value_cipher FROM settings WHERE value_cipher IS NOT NULL AND key <> '${secretsCheckKey}'`;

export interface SecretsCheckOptions {
  /** As of SecretBox. */
  keys: Buffer[];
  /** The earlier key is lost for good: begin anew with this one. */
  lost: boolean;
  logger: Logger;
}

/**
 * Compares the key with the one that this database's secrets were sealed with, by a check value that the first process leaves there. Call it
 * at each start, once the schema is up to date: of two processes with different keys only one starts.
 * @param url `postgresql://...`
 * @throws InfrastructureError with one clear line when it is another key, or the database is away.
 */
export async function checkSecretsKey(url: string, { keys, lost, logger }: SecretsCheckOptions): Promise<void> {
  const box = new SecretBox(keys);
  const client = await connectForDeploy(url);
  try {
    const theirs = await foreignKey(client, box);
    if (theirs === null) return;
    if (!lost) throw anotherKey(theirs, box.keyId);
    await client.query(
      `INSERT INTO settings (key, value_cipher) VALUES ($1, $2)
       ON CONFLICT (key) DO UPDATE SET value_cipher = excluded.value_cipher, updated_at = now()`,
      sealedCheck(box),
    );
    logger.warn(
      { name: 'secrets.lost', lost: theirs, key: box.keyId },
      'the earlier key for secrets is given up: what it sealed has to be set anew; remove SECRETS_KEY_LOST now',
    );
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** The id of the key that the database knows, when it is not ours; null when it is. Leaves the check value where there is none yet. */
async function foreignKey(client: ClientBase, box: SecretBox): Promise<string | null> {
  const found = (await storedCheck(client)) ?? (await leaveCheck(client, box));
  return box.opens(found, secretsCheckPlace) ? null : sealedWith(found);
}

async function storedCheck(client: ClientBase): Promise<string | undefined> {
  const { rows } = await client.query<{ value_cipher: string }>('SELECT value_cipher FROM settings WHERE key = $1', [
    secretsCheckKey,
  ]);
  return rows[0]?.value_cipher;
}

/** The check value that is there now; in a database from before it, a secret of another key, which tells as much. */
async function leaveCheck(client: ClientBase, box: SecretBox): Promise<string> {
  const sealed = await client.query<{ cipher: string }>(
    `SELECT DISTINCT ON (split_part(cipher, '.', 2)) cipher FROM (${sealedSecrets}) AS secrets`,
  );
  const [foreign] = sealed.rows;
  if (foreign && !sealed.rows.some(({ cipher }) => box.knows(sealedWith(cipher)))) return foreign.cipher;
  const insert = 'INSERT INTO settings (key, value_cipher) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING';
  await client.query(insert, sealedCheck(box));
  return (await storedCheck(client)) ?? '';
}

const sealedCheck = (box: SecretBox): string[] => [secretsCheckKey, box.seal('check', secretsCheckPlace)];

function anotherKey(theirs: string, ours: string): InfrastructureError {
  return new InfrastructureError(
    `The key for secrets (SECRETS_KEY, else the file secrets.key in DATA_DIR) is not the one that this database was begun with ` +
      `(its id is ${theirs}, not ${ours}): bring that one back, the same for all processes. If it is lost for good, start once with ` +
      `SECRETS_KEY_LOST=true: bots, targets and settings then need their secrets anew, and /health counts them.`,
  );
}
