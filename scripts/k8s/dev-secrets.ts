import { randomBytes } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Makes `secrets.env` in the folder of the dev overlay: the Secret of the processes and of the stores beside them. What is there stays, since
 * volumes that were begun with it need it.
 * @returns The file, and whether it was made now.
 */
export function writeDevSecrets(folder: string): { file: string; fresh: boolean } {
  const file = join(folder, 'secrets.env');
  if (existsSync(file)) return { file, fresh: false };
  const [postgres, redis, accessKey, secretKey] = [24, 24, 10, 20].map((bytes) => randomBytes(bytes).toString('hex'));
  const values = {
    'database-url': `postgresql://vaultstream:${postgres}@postgres:5432/vaultstream`,
    'postgres-password': postgres,
    'redis-url': `redis://:${redis}@redis:6379/0`,
    'redis.conf': `requirepass ${redis}`,
    's3-access-key': accessKey,
    's3-secret-key': secretKey,
    'secrets-key': randomBytes(32).toString('base64'),
    'api-token': `vs_dev_${randomBytes(24).toString('hex')}`,
  };
  const lines = Object.entries(values).map(([name, value]) => `${name}=${value}\n`);
  // `wx`: of two at once the second one fails, instead of replacing what the first has handed out.
  writeFileSync(file, lines.join(''), { mode: 0o600, flag: 'wx' });
  return { file, fresh: true };
}
