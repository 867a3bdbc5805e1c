import { readSecretsKeys, type KeptBackup } from '@vaultstream/backup';
import { Conflict } from '@vaultstream/contracts';
import type { Env } from '@vaultstream/runtime';
import { SecretBox } from '@vaultstream/store';
import { existingSecretsKeys } from './secrets-key.ts';

/** The keys for secrets that go with a restored database. */
export interface RestoredKey {
  keys: Buffer[];
  /** They have to be written to secrets.key of DATA_DIR. */
  write: boolean;
}

/**
 * Finds the key that the secrets of a backup were sealed with: SECRETS_KEY, else the one in the backup, else that of DATA_DIR. Null: there is
 * none, and a person has said (SECRETS_KEY_LOST) that there will be none.
 * @throws Conflict that says where to bring it from; InvalidInput for a wrong passphrase.
 */
export async function keyFor({ folder, manifest }: KeptBackup, env: Env): Promise<RestoredKey | null> {
  const { id, included } = manifest.secrets_key;
  const fits = (keys: Buffer[]): boolean => keys.length > 0 && new SecretBox(keys).knows(id);
  const given = env.secretsKeys;
  if (fits(given)) return { keys: given, write: false };
  const ours = given.length === 0 ? await existingSecretsKeys(env.dataDir) : null;
  if (ours && fits(ours)) return { keys: ours, write: false };
  const { passphrase } = env.backup;
  if (included && passphrase !== undefined && given.length === 0) {
    const keys = await readSecretsKeys(folder, passphrase, manifest.name);
    if (fits(keys)) return { keys, write: true };
  }
  if (env.secretsKeyLost) return null;
  const where = included
    ? 'It is in the backup: set BACKUP_PASSPHRASE to the passphrase of then, and leave SECRETS_KEY empty'
    : 'It is not in the backup: bring the file secrets.key of then into DATA_DIR, or set SECRETS_KEY';
  throw new Conflict(
    `The secrets of this backup were sealed with the key ${id}, which is not here. ${where}. If it is lost for good, restore with ` +
      `SECRETS_KEY_LOST=true: bots, targets and settings then need their secrets anew.`,
  );
}
